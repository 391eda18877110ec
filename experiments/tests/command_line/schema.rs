//! The names that the experiment format has, found by reading an experiment that has all of them.

use std::collections::BTreeMap;

use fabricsim::experiment::file::Experiment;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

type Names = &'static [&'static str];

/// The structs and enums of the format.
#[derive(Debug, Default)]
pub struct Schema {
    /// The fields of each struct.
    pub structs: BTreeMap<&'static str, Names>,
    /// The variants of each enum, each with its fields.
    pub enums: BTreeMap<&'static str, BTreeMap<&'static str, Names>>,
    /// Experiments read so far: where all variants are known each has its turn, for those of its fields.
    pass: usize,
}

/// More than twice the variants of the largest enum.
const PASSES: usize = 64;

impl Schema {
    /// Reads experiments, each with variants that were not in those before.
    pub fn of_experiments() -> Self {
        let mut schema = Self::default();
        for _ in 0..PASSES {
            Experiment::deserialize(Walk(&mut schema)).unwrap();
            schema.pass += 1;
        }
        schema
    }
}

/// Gives whatever is asked for, and notes what that is.
struct Walk<'a>(&'a mut Schema);

impl<'de> Deserializer<'de> for Walk<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom(
            "the format has a type that this walk does not know",
        ))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(true)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u32(1)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(1)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_u64(1)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(0.5)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str("x")
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(One(Some(self)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: Names,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.structs.insert(name, fields);
        visitor.visit_map(Each::new(self.0, fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: Names,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let turn = self.0.pass % variants.len();
        let known = self.0.enums.entry(name).or_default();
        let unknown = variants.iter().find(|variant| !known.contains_key(*variant));
        let variant = *unknown.unwrap_or(&variants[turn]);
        known.entry(variant).or_default();
        visitor.visit_enum(Choice {
            schema: self.0,
            name,
            variant,
        })
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u128 f32 char str bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct map identifier ignored_any
    }
}

/// A list with one value.
struct One<'a>(Option<Walk<'a>>);

impl<'de> SeqAccess<'de> for One<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.take().map(|walk| seed.deserialize(walk)).transpose()
    }
}

/// Every field once.
struct Each<'a> {
    schema: &'a mut Schema,
    fields: std::slice::Iter<'static, &'static str>,
}

impl<'a> Each<'a> {
    fn new(schema: &'a mut Schema, fields: Names) -> Self {
        Self {
            schema,
            fields: fields.iter(),
        }
    }
}

impl<'de> MapAccess<'de> for Each<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let field = self.fields.next();
        field
            .map(|field| seed.deserialize(IntoDeserializer::<Error>::into_deserializer(*field)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Walk(self.schema))
    }
}

/// A variant that was chosen.
struct Choice<'a> {
    schema: &'a mut Schema,
    name: &'static str,
    variant: &'static str,
}

impl<'de> EnumAccess<'de> for Choice<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let variant: StrDeserializer<Error> = self.variant.into_deserializer();
        Ok((seed.deserialize(variant)?, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Walk(self.schema))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("the format has no tuples"))
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: Names, visitor: V) -> Result<V::Value, Error> {
        let variants = self.schema.enums.entry(self.name).or_default();
        variants.insert(self.variant, fields);
        visitor.visit_map(Each::new(self.schema, fields))
    }
}

#[test]
fn the_walk_reaches_every_corner() {
    let schema = Schema::of_experiments();
    assert_eq!(schema.structs["Link"], ["latency", "bandwidth"]);
    assert!(schema.structs["Ports"].contains(&"of"));
    assert_eq!(schema.enums["LinkClass"]["Between"], ["from", "to"]);
    assert_eq!(schema.enums["Queueing"].len(), 4);
    assert_eq!(schema.enums["Axis"]["RateRange"], ["from", "to", "steps"]);
}
