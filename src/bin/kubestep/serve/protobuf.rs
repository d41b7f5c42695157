//! Bodies in protobuf (`application/vnd.kubernetes.protobuf`) as JSON: since v1.32 `kubectl create` sends nothing else, and does not
//! try again when it is refused. Answers are never protobuf: all clients that ask for it also take JSON.
//!
//! `schema/protobuf-v1.36.txt` has the numbers of the fields; what a field holds, the schema says. Upstream:
//! `apimachinery/pkg/runtime/serializer/protobuf`.

use kubestep::api::base64;
use kubestep::json;
use kubestep::json::{Json, Str};
use kubestep::sim::Time;
use std::collections::BTreeMap;

const NUMBERS: &str = include_str!("../../../../schema/protobuf-v1.36.txt");
/// What every body begins with.
const MAGIC: &[u8] = b"k8s\0";
/// Deeper messages are refused.
const MOST_DEPTH: usize = 60;
const REFERENCE: &str = "#/components/schemas/";

/// A field of a message.
struct Field {
    name: Str,
    /// A zero is a value of its own (a pointer in Go), not the absence of one.
    pointer: bool,
    /// Its message's fields are the outer message's own; `name` is its type.
    inline: bool,
}

/// The field numbers of all messages.
pub struct Numbers {
    messages: BTreeMap<&'static str, BTreeMap<u32, Field>>,
}

/// A value as it stands on the wire.
enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// Why a body cannot be read.
type Broken = &'static str;

impl Numbers {
    /// Reads the table.
    pub fn new() -> Numbers {
        let field = |word: &str| -> Option<(u32, Field)> {
            let digits = word.find(|c: char| !c.is_ascii_digit())?;
            let rest = &word[digits..];
            let (pointer, inline) = (rest.starts_with('*'), rest.starts_with('~'));
            let name = Str::from(rest.trim_start_matches(['*', '~']));
            Some((word[..digits].parse().ok()?, Field { name, pointer, inline }))
        };
        let message = |line: &'static str| {
            let mut words = line.split(' ');
            (words.next().unwrap_or_default(), words.filter_map(field).collect())
        };
        Numbers { messages: NUMBERS.lines().map(message).collect() }
    }

    /// A body as an object. `facts` is the schema.
    pub fn decode(&self, facts: &Json, body: &[u8]) -> Result<Json, Broken> {
        let rest = body.strip_prefix(MAGIC).ok_or("it does not begin with k8s\\0")?;
        let (mut api_version, mut kind, mut raw) = (String::new(), String::new(), [].as_slice());
        each(rest, &mut |number, value| {
            match (number, value) {
                (1, Wire::Bytes(meta)) => each(meta, &mut |number, value| {
                    match (number, value) {
                        (1, Wire::Bytes(text)) => api_version = utf8(text),
                        (2, Wire::Bytes(text)) => kind = utf8(text),
                        _ => {}
                    }
                    Ok(())
                })?,
                (2, Wire::Bytes(bytes)) => raw = bytes,
                _ => {}
            }
            Ok(())
        })?;
        let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
        let is_it = |gvk: &Json| {
            gvk["group"].str() == group && gvk["version"].str() == version && gvk["kind"].str() == kind
        };
        let schemas = facts["schemas"].entries().iter();
        let found = schemas
            .rev()
            .find(|(_, schema)| schema["x-kubernetes-group-version-kind"].items().iter().any(is_it));
        let (name, _) = found.ok_or("its kind is not known")?;
        let reader = Reader { numbers: self, facts };
        let mut object = reader.message(name, &facts["schemas"][name.as_str()], raw, 0)?;
        object.set("apiVersion", api_version);
        object.set("kind", kind);
        Ok(object)
    }
}

struct Reader<'a> {
    numbers: &'a Numbers,
    facts: &'a Json,
}

impl Reader<'_> {
    /// A message of a type, whose schema is that of the object around it where its fields are that object's own.
    fn message(&self, name: &str, schema: &Json, bytes: &[u8], depth: usize) -> Result<Json, Broken> {
        let mut object = Json::object();
        self.read_into(&mut object, name, schema, bytes, depth)?;
        Ok(object)
    }

    fn read_into(
        &self,
        object: &mut Json,
        name: &str,
        schema: &Json,
        bytes: &[u8],
        depth: usize,
    ) -> Result<(), Broken> {
        if depth > MOST_DEPTH {
            return Err("it is too deep");
        }
        let Some(fields) = self.numbers.messages.get(name) else { return Ok(()) };
        each(bytes, &mut |number, value| {
            // A field of a newer version is not known here, as in the JSON form of the same object.
            let Some(field) = fields.get(&number) else { return Ok(()) };
            if field.inline {
                return match value {
                    Wire::Bytes(bytes) => self.read_into(object, &field.name, schema, bytes, depth + 1),
                    Wire::Number(_) => Err("a message is a number"),
                };
            }
            let holds = &schema["properties"][field.name.as_str()];
            if !holds["additionalProperties"].is_null() {
                let (key, value) = self.entry(&holds["additionalProperties"], value, depth)?;
                let mut map = object.get(&field.name).cloned().unwrap_or_else(Json::object);
                map.set(key, value);
                object.set(&field.name, map);
            } else if holds["type"].str() == "array" {
                let mut list = object[field.name.as_str()].items().to_vec();
                match value {
                    // Numbers may stand packed, one after the other.
                    Wire::Bytes(packed) if holds["items"]["type"].str() == "integer" => {
                        let mut rest = packed;
                        while !rest.is_empty() {
                            list.push(integer(varint(&mut rest)?));
                        }
                    }
                    value => list.push(self.value(&holds["items"], value, depth)?),
                }
                object.set(&field.name, list);
            } else {
                let value = self.value(holds, value, depth)?;
                if field.pointer || !is_zero(&value) {
                    object.set(&field.name, value);
                }
            }
            Ok(())
        })
    }

    /// An entry of a map.
    fn entry(&self, holds: &Json, value: Wire<'_>, depth: usize) -> Result<(String, Json), Broken> {
        let Wire::Bytes(bytes) = value else { return Err("a map's entry is a number") };
        let (mut key, mut entry) = (String::new(), None);
        each(bytes, &mut |number, value| {
            match (number, value) {
                (1, Wire::Bytes(text)) => key = utf8(text),
                // A list in a map is a message around it (`ExtraValue`).
                (2, Wire::Bytes(message)) if holds["type"].str() == "array" => {
                    let mut list = Vec::new();
                    each(message, &mut |_, item| {
                        list.push(self.value(&holds["items"], item, depth + 1)?);
                        Ok(())
                    })?;
                    entry = Some(Json::from(list));
                }
                (2, value) => entry = Some(self.value(holds, value, depth + 1)?),
                _ => {}
            }
            Ok(())
        })?;
        let empty = || if holds["type"].str() == "string" { Json::from("") } else { Json::object() };
        Ok((key, entry.unwrap_or_else(empty)))
    }

    fn value(&self, holds: &Json, value: Wire<'_>, depth: usize) -> Result<Json, Broken> {
        let reference = match holds["allOf"].items() {
            [only] => only["$ref"].str(),
            _ => holds["$ref"].str(),
        };
        if let Some(name) = reference.strip_prefix(REFERENCE) {
            let Wire::Bytes(bytes) = value else { return Err("a message is a number") };
            return match name.rsplit('.').next().unwrap_or_default() {
                "Quantity" => text_of(bytes, 1),
                "Time" => time(bytes, Time::rfc3339),
                "MicroTime" => time(bytes, Time::rfc3339_micro),
                "IntOrString" => int_or_string(bytes),
                "RawExtension" | "FieldsV1" | "JSON" => {
                    let text = text_of(bytes, 1)?;
                    json::parse(text.str()).map_err(|_| "what stands in it as JSON is none")
                }
                _ => self.message(name, &self.facts["schemas"][name], bytes, depth + 1),
            };
        }
        Ok(match (holds["type"].str(), value) {
            ("boolean", Wire::Number(number)) => Json::from(number != 0),
            ("integer", Wire::Number(number)) => integer(number),
            ("string", Wire::Bytes(bytes)) if holds["format"].str() == "byte" => {
                Json::from(base64::encode(bytes))
            }
            ("string", Wire::Bytes(bytes)) => Json::from(utf8(bytes)),
            _ => return Err("a field is of another type than its message says"),
        })
    }
}

/// What Go leaves out of an object where it is no pointer.
fn is_zero(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(value) => !value,
        Json::Str(text) => text.is_empty(),
        Json::Object(_) => value.entries().is_empty(),
        value => value.as_i64() == Some(0),
    }
}

fn integer(number: u64) -> Json {
    // A negative number stands as its two's complement.
    Json::from(number.cast_signed())
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The text in one field of a message.
fn text_of(bytes: &[u8], wanted: u32) -> Result<Json, Broken> {
    let mut text = Json::from("");
    each(bytes, &mut |number, value| {
        if let (true, Wire::Bytes(bytes)) = (number == wanted, value) {
            text = Json::from(utf8(bytes));
        }
        Ok(())
    })?;
    Ok(text)
}

fn time(bytes: &[u8], written: fn(Time) -> String) -> Result<Json, Broken> {
    let (mut seconds, mut nanos) = (None, 0);
    each(bytes, &mut |number, value| {
        match (number, value) {
            (1, Wire::Number(number)) => seconds = Some(number.cast_signed()),
            (2, Wire::Number(number)) => nanos = number.cast_signed(),
            _ => {}
        }
        Ok(())
    })?;
    let Some(seconds) = seconds else { return Ok(Json::Null) };
    // The zero of Go's clock, and everything that this one cannot show, is no time.
    let all = seconds.checked_mul(1_000_000_000).and_then(|all| all.checked_add(nanos));
    Ok(all.map_or(Json::Null, |all| Json::from(written(Time(all)))))
}

fn int_or_string(bytes: &[u8]) -> Result<Json, Broken> {
    let (mut is_string, mut number, mut text) = (false, 0, String::new());
    each(bytes, &mut |field, value| {
        match (field, value) {
            (1, Wire::Number(kind)) => is_string = kind == 1,
            (2, Wire::Number(value)) => number = value.cast_signed(),
            (3, Wire::Bytes(bytes)) => text = utf8(bytes),
            _ => {}
        }
        Ok(())
    })?;
    Ok(if is_string { Json::from(text) } else { Json::from(number) })
}

/// Calls for each field of a message.
fn each<'a>(
    mut bytes: &'a [u8],
    act: &mut dyn FnMut(u32, Wire<'a>) -> Result<(), Broken>,
) -> Result<(), Broken> {
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let number = u32::try_from(key >> 3).map_err(|_| "a field's number is too large")?;
        let value = match key & 7 {
            0 => Wire::Number(varint(&mut bytes)?),
            1 => Wire::Number(u64::from_le_bytes(take(&mut bytes, 8)?.try_into().map_err(|_| CUT)?)),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).map_err(|_| CUT)?;
                Wire::Bytes(take(&mut bytes, length)?)
            }
            5 => Wire::Number(u32::from_le_bytes(take(&mut bytes, 4)?.try_into().map_err(|_| CUT)?).into()),
            _ => return Err("a field is of no known form"),
        };
        act(number, value)?;
    }
    Ok(())
}

const CUT: Broken = "it ends too early";

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], Broken> {
    let (taken, rest) = bytes.split_at_checked(length).ok_or(CUT)?;
    *bytes = rest;
    Ok(taken)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, Broken> {
    let mut number = 0;
    for shift in (0..70).step_by(7) {
        let byte = take(bytes, 1)?[0];
        number |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err("a number is too long")
}
