//! How values become headers.

use crate::{Escaped, Message};
use std::marker::PhantomData;
use std::sync::Arc;

/// A part of an event's declaration.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    /// A header.
    Header {
        /// Its name.
        name: &'static str,
        /// What it says; empty where the name says it all.
        description: &'static str,
        /// What its value is.
        kind: Kind,
    },
    /// Headers that several events share.
    Block {
        /// Comes before each of their names.
        prefix: &'static str,
        /// The headers.
        headers: &'static [Part],
    },
}

/// What the value of a header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text as it is.
    Text,
    /// Text told with backslashes before quotes and for control characters.
    Escaped,
    /// A whole number.
    Number,
    /// `True` or `False`.
    Flag,
    /// Texts, one a header of the name.
    Texts,
    /// Variables, one a header of the name, as `NAME=value` with the value escaped.
    Variables,
}

/// A struct of headers; made by `#[derive(Block)]`.
pub trait Block {
    /// Its headers, in order.
    const HEADERS: &'static [Part];

    /// Adds them, each with `prefix` before its name.
    fn write(&self, prefix: &'static str, message: &mut Message);
}

/// A type that the value of a header can have.
pub trait Header {
    /// What it is.
    const KIND: Kind;

    /// Adds the header, if there is something to tell.
    fn write(&self, prefix: &'static str, name: &'static str, message: &mut Message);
}

macro_rules! texts {
    ($($type:ty)*) => {$(
        impl Header for $type {
            const KIND: Kind = Kind::Text;

            fn write(&self, prefix: &'static str, name: &'static str, message: &mut Message) {
                message.declared_text(prefix, name, self);
            }
        }
    )*};
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl Header for $type {
            const KIND: Kind = Kind::Number;

            fn write(&self, prefix: &'static str, name: &'static str, message: &mut Message) {
                message.declared_text(prefix, name, itoa::Buffer::new().format(*self));
            }
        }
    )*};
}

texts! { &str String }

numbers! { u8 u32 u64 i32 i64 usize }

impl Header for char {
    const KIND: Kind = Kind::Text;

    fn write(&self, prefix: &'static str, name: &'static str, message: &mut Message) {
        message.declared(prefix, name, self);
    }
}

impl Header for Escaped<'_> {
    const KIND: Kind = Kind::Escaped;

    fn write(&self, prefix: &'static str, name: &'static str, message: &mut Message) {
        match self.plain() {
            Some(plain) => message.declared_text(prefix, name, plain),
            None => message.declared(prefix, name, self),
        }
    }
}

/// `True` or `False`, as JSON values are told (ami-server.md 4.2).
impl Header for bool {
    const KIND: Kind = Kind::Flag;

    fn write(&self, prefix: &'static str, name: &'static str, message: &mut Message) {
        message.declared_text(prefix, name, if *self { "True" } else { "False" });
    }
}

/// Not told if there is none.
impl<T: Header> Header for Option<T> {
    const KIND: Kind = T::KIND;

    fn write(&self, prefix: &'static str, name: &'static str, message: &mut Message) {
        if let Some(value) = self {
            value.write(prefix, name, message);
        }
    }
}

/// Told once for each.
impl Header for Vec<String> {
    const KIND: Kind = Kind::Texts;

    fn write(&self, prefix: &'static str, name: &'static str, message: &mut Message) {
        for value in self {
            value.write(prefix, name, message);
        }
    }
}

/// Variables, told as `NAME=value` with the value escaped.
impl Header for &[(Arc<str>, Arc<str>)] {
    const KIND: Kind = Kind::Variables;

    fn write(&self, prefix: &'static str, name: &'static str, message: &mut Message) {
        for (variable, value) in *self {
            message.declared(prefix, name, format_args!("{variable}={}", Escaped(value)));
        }
    }
}

/// Not told if there is none.
impl<T: Block> Block for Option<T> {
    const HEADERS: &'static [Part] = T::HEADERS;

    fn write(&self, prefix: &'static str, message: &mut Message) {
        if let Some(block) = self {
            block.write(prefix, message);
        }
    }
}

/// The headers of a block in words, for who tells the same again.
#[derive(Debug)]
pub struct Written<'a, B> {
    words: &'a str,
    of: PhantomData<B>,
}

impl<'a, B: Block> Written<'a, B> {
    /// Puts a block in words.
    pub fn words(block: &B) -> Box<str> {
        let mut message = Message::new();
        block.write("", &mut message);
        message.text().into()
    }

    /// The block whose words [`Written::words`] gave.
    pub fn new(words: &'a str) -> Self {
        let of = PhantomData;
        Self { words, of }
    }
}

impl<B: Block> Block for Written<'_, B> {
    const HEADERS: &'static [Part] = B::HEADERS;

    fn write(&self, _: &'static str, message: &mut Message) {
        message.push_text(self.words);
    }
}

/// Headers with names of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headers<'a>(pub &'a [(Arc<str>, Arc<str>)]);

impl Block for Headers<'_> {
    const HEADERS: &'static [Part] = &[];

    fn write(&self, _: &'static str, message: &mut Message) {
        for (name, value) in self.0 {
            message.header(name, value);
        }
    }
}
