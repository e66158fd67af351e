//! A serde deserializer over [`Node`] that expands variables and keeps the path for messages.
use serde::{
    Deserializer,
    de::{DeserializeSeed, IntoDeserializer as _, MapAccess, SeqAccess, Visitor, value::StrDeserializer},
};

use super::{expand::expand, misfit::Misfit, misfit::Step, node::Node};
use crate::config::Environment;

/// A node on its way to becoming a value.
#[derive(Clone, Copy)]
pub(super) struct Tree<'a> {
    node: &'a Node,
    environment: &'a Environment,
}

impl<'a> Tree<'a> {
    /// The tree below a node.
    pub(super) fn new(node: &'a Node, environment: &'a Environment) -> Self {
        Self { node, environment }
    }

    fn expected(self, what: &str) -> Misfit {
        Misfit::new(format!("expected {what}, found {}", self.node.describe()))
    }

    /// The text, expanded; nothing counts as the empty text.
    fn text(self) -> Result<String, Misfit> {
        match self.node {
            Node::Text(text) => expand(text, self.environment),
            Node::Null => Ok(String::new()),
            Node::Bool(_) | Node::Integer(_) | Node::Float => {
                Err(Misfit::new(format!("expected text, found {}; put it in quotes", self.node.describe())))
            }
            Node::List(_) | Node::Map(_) => Err(self.expected("text")),
        }
    }

    /// A number, or a text that is one when it is expanded.
    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let number = match self.node {
            Node::Integer(number) => Some(*number),
            Node::Text(_) => self.text()?.trim().parse().ok(),
            _ => None,
        };
        match number.map(u64::try_from) {
            Some(Ok(number)) => visitor.visit_u64(number),
            Some(Err(_)) => Err(Misfit::new("out of range: expected a whole number from 0")),
            None => Err(self.expected("a whole number")),
        }
    }
}

impl<'de> Deserializer<'de> for Tree<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.node {
            Node::Null => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(*value),
            Node::Integer(_) => self.number(visitor),
            Node::Float => Err(self.expected("no such thing")),
            Node::Text(_) => visitor.visit_string(self.text()?),
            Node::List(_) => self.deserialize_seq(visitor),
            Node::Map(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let value = match self.node {
            Node::Bool(value) => Some(*value),
            Node::Text(_) => self.text()?.trim().parse().ok(),
            _ => None,
        };
        value.map_or_else(|| Err(self.expected("true or false")), |value| visitor.visit_bool(value))
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.number(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.number(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.node {
            Node::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.node {
            Node::Null => visitor.visit_seq(Elements { rest: [].iter().enumerate(), tree: self }),
            Node::List(nodes) => visitor.visit_seq(Elements { rest: nodes.iter().enumerate(), tree: self }),
            _ => Err(self.expected("a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.node {
            Node::Null => visitor.visit_map(Entries { rest: [].iter(), tree: self, value: None }),
            Node::Map(nodes) => visitor.visit_map(Entries { rest: nodes.iter(), tree: self, value: None }),
            _ => Err(self.expected("keys and values")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let word = self.text()?;
        visitor.visit_enum(StrDeserializer::<Misfit>::new(&word))
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct
        newtype_struct tuple tuple_struct identifier ignored_any
    }
}

/// The elements of a list.
struct Elements<'a> {
    rest: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
    tree: Tree<'a>,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some((index, node)) = self.rest.next() else { return Ok(None) };
        let element = seed.deserialize(Tree { node, ..self.tree });
        element.map(Some).map_err(|misfit| misfit.within(Step::Index(index)))
    }
}

/// The entries of a mapping.
struct Entries<'a> {
    rest: std::slice::Iter<'a, (String, Node)>,
    tree: Tree<'a>,
    value: Option<&'a (String, Node)>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        self.value = self.rest.next();
        let Some((key, _)) = self.value else { return Ok(None) };
        let known = seed.deserialize(key.as_str().into_deserializer());
        known.map(Some).map_err(|misfit: Misfit| misfit.within(Step::Key(key.clone())))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let Some((key, node)) = self.value else { return Err(Misfit::new("a key lacks its value")) };
        let value = seed.deserialize(Tree { node, ..self.tree });
        value.map_err(|misfit| misfit.within(Step::Key(key.clone())))
    }
}
