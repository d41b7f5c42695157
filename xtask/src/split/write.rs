//! Sections that are written as they were read, with functions renumbered.

use super::module::{Module, constant};
use anyhow::{Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportSection, FunctionSection,
    GlobalSection, ImportSection, MemorySection, TableSection, TypeSection, ValType,
};
use wasmparser::{Data, DataKind};

/// The types, to which more can be added.
pub struct Types {
    pub section: TypeSection,
    known: Vec<(Vec<ValType>, Vec<ValType>)>,
}

impl Types {
    /// Those of a module, with the same numbers.
    pub fn of(module: &Module<'_>) -> Result<Self> {
        let mut types = Self { section: TypeSection::new(), known: Vec::new() };
        for ty in &module.types {
            types.add(values(ty.params())?, values(ty.results())?);
        }
        Ok(types)
    }

    /// The number of a type; it is added where it is new.
    pub fn index(&mut self, params: &[ValType], results: &[ValType]) -> u32 {
        let known = self.known.iter().position(|(p, r)| p == params && r == results);
        known.map_or_else(|| self.add(params.to_vec(), results.to_vec()), |index| index as u32)
    }

    /// Parameters and results of a type.
    pub fn get(&self, index: u32) -> &(Vec<ValType>, Vec<ValType>) {
        &self.known[index as usize]
    }

    fn add(&mut self, params: Vec<ValType>, results: Vec<ValType>) -> u32 {
        self.section.ty().function(params.iter().copied(), results.iter().copied());
        self.known.push((params, results));
        self.known.len() as u32 - 1
    }
}

fn values(types: &[wasmparser::ValType]) -> Result<Vec<ValType>> {
    types.iter().map(|ty| RoundtripReencoder.val_type(*ty).map_err(failed)).collect()
}

/// The encoder's errors have no use of their own.
pub fn failed<E: std::fmt::Debug>(error: Error<E>) -> anyhow::Error {
    anyhow!("writing the module: {error:?}")
}

/// What the module imports.
pub fn imports(module: &Module<'_>) -> ImportSection {
    let mut section = ImportSection::new();
    for ((from, name), ty) in module.imports.iter().zip(&module.functions) {
        section.import(from, name, EntityType::Function(*ty));
    }
    section
}

/// The types of the functions that have bodies.
pub fn functions(types: impl Iterator<Item = u32>) -> FunctionSection {
    let mut section = FunctionSection::new();
    for ty in types {
        section.function(ty);
    }
    section
}

/// The tables, the first with so many slots more.
pub fn tables(module: &Module<'_>, more: u32) -> Result<TableSection> {
    let mut section = TableSection::new();
    for (index, table) in module.tables.iter().enumerate() {
        section.table(table_type(table, if index == 0 { more } else { 0 })?);
    }
    Ok(section)
}

/// A table's type with so many slots more.
pub fn table_type(table: &wasmparser::TableType, more: u32) -> Result<wasm_encoder::TableType> {
    let mut ty = RoundtripReencoder.table_type(*table).map_err(failed)?;
    ty.minimum += u64::from(more);
    ty.maximum = ty.maximum.map(|maximum| maximum + u64::from(more));
    Ok(ty)
}

/// The memory.
pub fn memories(module: &Module<'_>) -> Result<MemorySection> {
    let mut section = MemorySection::new();
    for memory in &module.memories {
        section.memory(RoundtripReencoder.memory_type(*memory).map_err(failed)?);
    }
    Ok(section)
}

/// The globals.
pub fn globals(module: &Module<'_>) -> Result<GlobalSection> {
    let mut section = GlobalSection::new();
    for global in &module.globals {
        RoundtripReencoder.parse_global(&mut section, global.clone()).map_err(failed)?;
    }
    Ok(section)
}

/// What the module exports.
pub fn exports<R: Reencode>(module: &Module<'_>, renumber: &mut R) -> Result<ExportSection>
where
    R::Error: std::fmt::Debug,
{
    let mut section = ExportSection::new();
    for export in &module.exports {
        renumber.parse_export(&mut section, *export).map_err(failed)?;
    }
    Ok(section)
}

/// The first table's contents: a segment for each run of slots that follow each other.
pub fn elements(slots: &[(u32, u32)]) -> ElementSection {
    let mut section = ElementSection::new();
    let mut rest = slots;
    while let Some((start, _)) = rest.first() {
        let run = (*start..).zip(rest).take_while(|(slot, (own, _))| slot == own).count();
        let functions: Vec<u32> = rest[..run].iter().map(|(_, function)| *function).collect();
        section.active(None, &ConstExpr::i32_const(*start as i32), Elements::Functions(functions.into()));
        rest = &rest[run..];
    }
    section
}

/// What lies in memory at the start.
pub fn data(segments: &[Data<'_>]) -> Result<DataSection> {
    let mut section = DataSection::new();
    for segment in segments {
        let DataKind::Active { memory_index: 0, offset_expr } = &segment.kind else {
            return Err(anyhow!("data that is not put into memory from the start"));
        };
        let start = ConstExpr::i32_const(constant(offset_expr)? as i32);
        section.active(0, &start, segment.data.iter().copied());
    }
    Ok(section)
}
