//! Reading requests and writing answers.

use serde_json::{Map, Value};

/// An answer, or why there is none.
pub type Answer = Result<Value, String>;

/// One request object.
#[derive(Clone, Copy)]
pub struct Request<'a>(&'a Map<String, Value>);

impl<'a> Request<'a> {
    pub fn new(value: &'a Value) -> Result<Self, String> {
        value.as_object().map(Self).ok_or_else(|| "a request is a JSON object".into())
    }

    /// The raw field; `None` when absent or null.
    pub fn field(&self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|v| !v.is_null())
    }

    fn need(&self, key: &str) -> Result<&'a Value, String> {
        self.field(key).ok_or_else(|| format!("field {key} is missing"))
    }

    pub fn text(&self, key: &str) -> Result<&'a str, String> {
        self.need(key)?.as_str().ok_or_else(|| format!("field {key} is not text"))
    }

    pub fn number(&self, key: &str) -> Result<f64, String> {
        self.need(key)?.as_f64().ok_or_else(|| format!("field {key} is not a number"))
    }

    pub fn number_or(&self, key: &str, default: f64) -> Result<f64, String> {
        if self.field(key).is_some() { self.number(key) } else { Ok(default) }
    }

    pub fn count(&self, key: &str) -> Result<usize, String> {
        let value =
            self.need(key)?.as_u64().ok_or_else(|| format!("field {key} is not a whole number from 0"))?;
        usize::try_from(value).map_err(|_| format!("field {key} is too large"))
    }

    pub fn count_or(&self, key: &str, default: usize) -> Result<usize, String> {
        if self.field(key).is_some() { self.count(key) } else { Ok(default) }
    }

    pub fn flag_or(&self, key: &str, default: bool) -> Result<bool, String> {
        match self.field(key) {
            Some(value) => value.as_bool().ok_or_else(|| format!("field {key} is not true or false")),
            None => Ok(default),
        }
    }

    /// Numbers; null is NaN, "inf" and "-inf" are the infinities.
    pub fn numbers(&self, key: &str) -> Result<Vec<f64>, String> {
        numbers(self.need(key)?).ok_or_else(|| format!("field {key} is not an array of numbers"))
    }

    pub fn texts(&self, key: &str) -> Result<Vec<&'a str>, String> {
        let texts = self.need(key)?.as_array().and_then(|texts| texts.iter().map(Value::as_str).collect());
        texts.ok_or_else(|| format!("field {key} is not an array of texts"))
    }

    /// Rows of numbers; null is NaN.
    pub fn rows(&self, key: &str) -> Result<Vec<Vec<f64>>, String> {
        let rows = self.need(key)?.as_array().and_then(|rows| rows.iter().map(numbers).collect());
        rows.ok_or_else(|| format!("field {key} is not an array of arrays of numbers"))
    }
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    let one = |v: &Value| match v {
        Value::Null => Some(f64::NAN),
        // JSON has no infinities.
        Value::String(text) if text == "inf" => Some(f64::INFINITY),
        Value::String(text) if text == "-inf" => Some(f64::NEG_INFINITY),
        v => v.as_f64(),
    };
    value.as_array()?.iter().map(one).collect()
}

/// A number as it is sent back: null is NaN, "inf" and "-inf" are the infinities.
pub fn sent(value: f64) -> Value {
    if value.is_infinite() {
        Value::from(if value > 0.0 { "inf" } else { "-inf" })
    } else {
        Value::from(value)
    }
}
