//! What the linker knows of the data: which bytes are one constant, and who names it.
//!
//! Code finds a constant by a number, its address. The linker's notes (`--emit-relocs`) say which numbers are addresses, and
//! of what; so a constant that no staying function names, directly or through other constants, can move with the functions that
//! do name it. Nothing is guessed: a number that is an address somewhere counts as one everywhere.

use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::{
    Data, DataKind, FunctionBody, KnownCustom, Linking, Operator, Parser, Payload, RelocSectionReader,
    RelocationType, SymbolFlags, SymbolInfo,
};

use super::module::constant;

/// A piece of memory: its first byte, and the one after its last.
pub type Span = (u32, u32);

/// Constants, and who names them.
#[derive(Default)]
pub struct Links {
    /// Where each symbol of data lies, by its number; none where it is not in memory from the start.
    spans: Vec<Option<Span>>,
    /// The symbols that a number in code may mean.
    addresses: BTreeMap<u32, BTreeSet<usize>>,
    /// The symbols that a constant holds the addresses of: by where in memory.
    pointers: BTreeMap<u32, usize>,
    /// What is never written to.
    constants: Vec<Span>,
}

/// The parts of the linker's output that matter here.
#[derive(Default)]
struct Read<'a> {
    data: Vec<Data<'a>>,
    /// Where the section of data begins in the file, and the number that relocations call it by.
    data_from: usize,
    data_section: u32,
    code_section: u32,
    symbols: Vec<SymbolInfo<'a>>,
    segments: Vec<&'a str>,
    relocations: Vec<RelocSectionReader<'a>>,
}

impl Links {
    /// Reads what the linker wrote, before anything else has touched it.
    pub fn read(linked: &[u8]) -> Result<Self> {
        let read = sections(linked)?;
        let starts: Vec<u32> = read.data.iter().map(start).collect::<Result<_>>()?;
        let span = |symbol: &SymbolInfo<'_>| match symbol {
            SymbolInfo::Data { symbol: Some(place), flags, .. } if !flags.contains(SymbolFlags::ABSOLUTE) => {
                let start = starts[place.index as usize] + place.offset;
                Some((start, start + place.size))
            }
            _ => None,
        };
        let mut links = Self { spans: read.symbols.iter().map(span).collect(), ..Self::default() };
        for ((name, data), start) in read.segments.iter().zip(&read.data).zip(&starts) {
            if name.starts_with(".rodata") {
                links.constants.push((*start, start + data.data.len() as u32));
            }
        }
        ensure!(!links.constants.is_empty(), "the linker left no notes");
        for section in &read.relocations {
            for entry in section.entries() {
                let entry = entry?;
                let symbol = entry.index as usize;
                match entry.ty {
                    RelocationType::MemoryAddrLeb | RelocationType::MemoryAddrSleb => {
                        ensure!(
                            section.section_index() == read.code_section,
                            "an address in code, elsewhere"
                        );
                        if let Some((start, _)) = links.spans[symbol] {
                            let value = start.wrapping_add(entry.addend as u32);
                            links.addresses.entry(value).or_default().insert(symbol);
                        }
                    }
                    RelocationType::MemoryAddrI32 => {
                        ensure!(
                            section.section_index() == read.data_section,
                            "an address in data, elsewhere"
                        );
                        let Some((start, _)) = links.spans[symbol] else { continue };
                        let (at, bytes) = read.word(&starts, entry.offset as usize)?;
                        let value = start.wrapping_add(entry.addend as u32);
                        ensure!(
                            bytes == value.to_le_bytes(),
                            "an address at {at:#x} that is not what the linker says"
                        );
                        links.pointers.insert(at, symbol);
                    }
                    RelocationType::FunctionIndexLeb
                    | RelocationType::TableIndexSleb
                    | RelocationType::TableIndexI32
                    | RelocationType::TypeIndexLeb
                    | RelocationType::GlobalIndexLeb
                    | RelocationType::TableNumberLeb => {}
                    // In sections for debuggers.
                    RelocationType::FunctionOffsetI32 | RelocationType::SectionOffsetI32 => {}
                    other => bail!("a relocation that is not understood: {other:?}"),
                }
            }
        }
        Ok(links)
    }

    /// The constants that none of these functions can reach, in order.
    pub fn unreached<'a>(&self, functions: impl Iterator<Item = &'a FunctionBody<'a>>) -> Result<Vec<Span>> {
        let mut reached: BTreeSet<usize> = BTreeSet::new();
        let mut open: Vec<usize> = Vec::new();
        for body in functions {
            for operator in body.get_operators_reader()? {
                if let Some(number) = numbers(&operator?) {
                    open.extend(self.addresses.get(&number).into_iter().flatten());
                }
            }
        }
        // What is not constant is there from the start.
        open.extend(
            (0..self.spans.len())
                .filter(|symbol| self.spans[*symbol].is_some_and(|span| !self.is_constant(span))),
        );
        while let Some(symbol) = open.pop() {
            if !reached.insert(symbol) {
                continue;
            }
            let (start, end) = self.spans[symbol].context("has a place")?;
            open.extend(self.pointers.range(start..end).map(|(_, symbol)| *symbol));
        }
        let named = |which: &dyn Fn(usize) -> bool| {
            let spans =
                (0..self.spans.len()).filter(|symbol| which(*symbol)).filter_map(|symbol| self.spans[symbol]);
            joined(spans.collect())
        };
        Ok(without(&named(&|symbol| !reached.contains(&symbol)), &named(&|symbol| reached.contains(&symbol))))
    }

    fn is_constant(&self, (start, end): Span) -> bool {
        self.constants.iter().any(|(from, to)| *from <= start && end <= *to)
    }
}

impl Read<'_> {
    /// Four bytes, by where they lie in the section of data: their address, and what they are.
    fn word(&self, starts: &[u32], offset: usize) -> Result<(u32, [u8; 4])> {
        for (data, start) in self.data.iter().zip(starts) {
            let from = data.range.end - data.data.len() - self.data_from;
            if let Some(within) = offset.checked_sub(from).filter(|within| within + 4 <= data.data.len()) {
                return Ok((start + within as u32, data.data[within..within + 4].try_into()?));
            }
        }
        bail!("an address beyond the data")
    }
}

fn sections(linked: &[u8]) -> Result<Read<'_>> {
    let mut read = Read::default();
    let mut number = 0;
    for payload in Parser::new(0).parse_all(linked) {
        let payload = payload?;
        match &payload {
            Payload::CodeSectionStart { .. } => read.code_section = number,
            Payload::DataSection(section) => {
                (read.data_section, read.data_from) = (number, section.range().start);
                read.data = section.clone().into_iter().collect::<Result<_, _>>()?;
            }
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::Linking(linking) => {
                    for part in linking.subsections() {
                        match part? {
                            Linking::SymbolTable(symbols) => {
                                read.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                            }
                            Linking::SegmentInfo(segments) => {
                                for segment in segments {
                                    read.segments.push(segment?.name);
                                }
                            }
                            _ => {}
                        }
                    }
                }
                KnownCustom::Reloc(section) => read.relocations.push(section),
                _ => {}
            },
            _ => {}
        }
        // Bodies are parts of a section; the version and the end are none.
        if !matches!(payload, Payload::Version { .. } | Payload::CodeSectionEntry(_) | Payload::End(_)) {
            number += 1;
        }
    }
    Ok(read)
}

fn start(data: &Data<'_>) -> Result<u32> {
    match &data.kind {
        DataKind::Active { memory_index: 0, offset_expr } => constant(offset_expr),
        _ => bail!("data that is not put into memory from the start"),
    }
}

/// The numbers in an instruction that may be addresses.
fn numbers(operator: &Operator<'_>) -> Option<u32> {
    macro_rules! accesses {
        ($($name:ident),* $(,)?) => {
            match operator {
                Operator::I32Const { value } => Some(*value as u32),
                $(Operator::$name { memarg } => Some(memarg.offset as u32),)*
                _ => None,
            }
        };
    }
    accesses!(
        I32Load, I64Load, F32Load, F64Load, I32Load8S, I32Load8U, I32Load16S, I32Load16U, I64Load8S,
        I64Load8U, I64Load16S, I64Load16U, I64Load32S, I64Load32U, I32Store, I64Store, F32Store, F64Store,
        I32Store8, I32Store16, I64Store8, I64Store16, I64Store32,
    )
}

/// In order, and those that touch as one.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for (start, end) in spans {
        match joined.last_mut() {
            Some((_, last)) if start <= *last => *last = end.max(*last),
            _ => joined.push((start, end)),
        }
    }
    joined
}

/// What is left of `spans` where `others` are taken out; both are joined.
fn without(spans: &[Span], others: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    for (start, end) in spans {
        let mut from = *start;
        for (taken, to) in others.iter().filter(|(taken, to)| taken < end && start < to) {
            if from < *taken {
                left.push((from, *taken));
            }
            from = from.max(*to);
        }
        if from < *end {
            left.push((from, *end));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_joined_and_taken_out() {
        assert_eq!(joined(vec![(5, 8), (1, 3), (2, 5), (9, 9), (10, 12)]), [(1, 8), (9, 9), (10, 12)]);
        assert_eq!(
            without(&[(0, 10), (20, 30)], &[(2, 3), (5, 7), (25, 40)]),
            [(0, 2), (3, 5), (7, 10), (20, 25)]
        );
    }

    #[test]
    fn a_constant_stays_where_any_address_that_a_staying_function_has_leads_to_it() {
        // At 100 a table of one address, of what lies at 200; at 300 what nobody names.
        let links = Links {
            spans: vec![Some((100, 104)), Some((200, 210)), Some((300, 310)), None],
            addresses: [(98, [0].into()), (304, [2].into())].into(),
            pointers: [(100, 1)].into(),
            constants: vec![(100, 400)],
        };
        let code = |number: i32| {
            let mut function = wasm_encoder::Function::new([]);
            function.instruction(&wasm_encoder::Instruction::I32Const(number));
            function.instruction(&wasm_encoder::Instruction::Drop);
            function.instruction(&wasm_encoder::Instruction::End);
            function.into_raw_body()
        };
        let unreached = |number| {
            let bytes = code(number);
            let body = FunctionBody::new(wasmparser::BinaryReader::new(&bytes, 0));
            links.unreached([body].iter()).unwrap()
        };
        assert_eq!(unreached(98), [(300, 310)]);
        assert_eq!(unreached(304), [(100, 104), (200, 210)]);
        assert_eq!(unreached(7), [(100, 104), (200, 210), (300, 310)]);
    }
}
