//! `/openapi/v2` in protobuf: the form in which `kubectl` reads it, and only so. It looks there where `/openapi/v3` does not have a
//! kind, to say that there is none.
//!
//! Upstream: `openapiv2/OpenAPIv2.proto` of gnostic-models.

use kubestep::json::Json;

/// A message that is being written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn bytes(&mut self, field: u32, bytes: &[u8]) {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
    }

    fn text(&mut self, field: u32, text: &Json) {
        if let Some(text) = text.as_str() {
            self.bytes(field, text.as_bytes());
        }
    }

    fn texts(&mut self, field: u32, texts: &Json) {
        texts.items().iter().for_each(|text| self.text(field, text));
    }

    fn flag(&mut self, field: u32, value: &Json) {
        if value.as_bool() == Some(true) {
            self.varint(u64::from(field) << 3);
            self.varint(1);
        }
    }

    fn message(&mut self, field: u32, write: impl FnOnce(&mut Message)) {
        let mut inner = Message::default();
        write(&mut inner);
        self.bytes(field, &inner.0);
    }

    /// The entries of an object, each a message of a name and what `write` makes of the value.
    fn named(&mut self, field: u32, object: &Json, write: impl Fn(&mut Message, &Json)) {
        for (name, value) in object.entries() {
            self.message(field, |entry| {
                entry.bytes(1, name.as_bytes());
                entry.message(2, |message| write(message, value));
            });
        }
    }

    /// What the form has no field for: a value as text, and JSON is YAML.
    fn any(&mut self, field: u32, value: &Json) {
        self.message(field, |any| any.bytes(2, value.to_string().as_bytes()));
    }

    fn extensions(&mut self, field: u32, object: &Json) {
        for (name, value) in object.entries().iter().filter(|(name, _)| name.starts_with("x-")) {
            self.message(field, |entry| {
                entry.bytes(1, name.as_bytes());
                entry.any(2, value);
            });
        }
    }
}

/// The document in protobuf.
pub fn encode(swagger: &Json) -> Vec<u8> {
    let mut document = Message::default();
    document.text(1, &swagger["swagger"]);
    document.message(2, |info| {
        info.text(1, &swagger["info"]["title"]);
        info.text(2, &swagger["info"]["version"]);
    });
    document.message(8, |paths| paths.named(2, &swagger["paths"], path));
    document.message(9, |definitions| definitions.named(1, &swagger["definitions"], schema));
    document.0
}

fn path(message: &mut Message, path: &Json) {
    for (field, method) in [(2, "get"), (3, "put"), (4, "post"), (5, "delete"), (8, "patch")] {
        if let Some(operation) = path.get(method) {
            message.message(field, |message| self::operation(message, operation));
        }
    }
}

fn operation(message: &mut Message, operation: &Json) {
    message.texts(7, &operation["consumes"]);
    for parameter in operation["parameters"].items() {
        let body = parameter["in"].str() == "body";
        message.message(8, |item| {
            item.message(1, |either| {
                if body {
                    either.message(1, |message| {
                        message.text(2, &parameter["name"]);
                        message.text(3, &parameter["in"]);
                        message.flag(4, &parameter["required"]);
                        message.message(5, |message| schema(message, &parameter["schema"]));
                    });
                } else {
                    either.message(2, |kind| {
                        kind.message(3, |message| {
                            message.text(2, &parameter["in"]);
                            message.text(4, &parameter["name"]);
                            message.text(6, &parameter["type"]);
                        });
                    });
                }
            });
        });
    }
    message.message(9, |responses| {
        responses.named(1, &operation["responses"], |value, response| {
            value.message(1, |message| {
                message.text(1, &response["description"]);
                message.message(2, |item| item.message(1, |message| schema(message, &response["schema"])));
            });
        });
    });
    message.extensions(13, operation);
}

fn schema(message: &mut Message, schema: &Json) {
    message.text(1, &schema["$ref"]);
    message.text(2, &schema["format"]);
    if let Some(default) = schema.get("default") {
        message.any(5, default);
    }
    message.texts(19, &schema["required"]);
    schema["enum"].items().iter().for_each(|value| message.any(20, value));
    if let Some(values) = schema.get("additionalProperties") {
        message.message(21, |item| match values {
            Json::Bool(_) => item.flag(2, values),
            values => item.message(1, |message| self::schema(message, values)),
        });
    }
    if schema["type"].as_str().is_some() {
        message.message(22, |message| message.text(1, &schema["type"]));
    }
    if let Some(items) = schema.get("items") {
        message.message(23, |message| message.message(1, |message| self::schema(message, items)));
    }
    if let Some(properties) = schema.get("properties") {
        message.message(25, |message| message.named(1, properties, self::schema));
    }
    message.extensions(31, schema);
}
