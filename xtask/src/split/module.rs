//! A module, read: what the cut and the profile need to know of it.
//!
//! Only what rustc, wasm-bindgen and wasm-opt write is understood. Anything else is an error that says what was met, so that a
//! new version of one of them is noticed here and not by a learner.

use anyhow::{Context, Result, bail};
use wasmparser::{
    ConstExpr, Data, ElementItems, ElementKind, Export, FuncType, FunctionBody, Global, Imports, MemoryType,
    Operator, Parser, Payload, TableType, TypeRef,
};

/// The sections, in the order of the format.
#[derive(Default)]
pub struct Module<'a> {
    pub types: Vec<FuncType>,
    /// Module and name of each imported function.
    pub imports: Vec<(&'a str, &'a str)>,
    /// The type of every function, the imported ones first.
    pub functions: Vec<u32>,
    pub tables: Vec<TableType>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    pub exports: Vec<Export<'a>>,
    /// What lies in the table of functions: slot and function.
    pub slots: Vec<(u32, u32)>,
    /// One body for each function that is not imported.
    pub bodies: Vec<FunctionBody<'a>>,
    pub data: Vec<Data<'a>>,
}

impl<'a> Module<'a> {
    /// Reads a whole module.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let mut module = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            module.section(payload?)?;
        }
        Ok(module)
    }

    /// The type of a function.
    pub fn type_of(&self, function: u32) -> &FuncType {
        &self.types[self.functions[function as usize] as usize]
    }

    /// The body of a function that is not imported.
    pub fn body(&self, function: u32) -> &FunctionBody<'a> {
        &self.bodies[function as usize - self.imports.len()]
    }

    /// The functions that are not imported.
    pub fn defined(&self) -> std::ops::Range<u32> {
        self.imports.len() as u32..self.functions.len() as u32
    }

    fn section(&mut self, payload: Payload<'a>) -> Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    self.types.push(ty?);
                }
            }
            Payload::ImportSection(section) => {
                for imports in section {
                    let Imports::Single(_, import) = imports? else { bail!("grouped imports") };
                    let TypeRef::Func(ty) = import.ty else { bail!("an import that is no function") };
                    self.imports.push((import.module, import.name));
                    self.functions.push(ty);
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.functions.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(table?.ty);
                }
            }
            Payload::MemorySection(section) => {
                self.memories = section.into_iter().collect::<Result<_, _>>()?
            }
            Payload::GlobalSection(section) => {
                self.globals = section.into_iter().collect::<Result<_, _>>()?
            }
            Payload::ExportSection(section) => {
                self.exports = section.into_iter().collect::<Result<_, _>>()?
            }
            Payload::ElementSection(section) => {
                for element in section {
                    let element = element?;
                    let ElementKind::Active { table_index: None | Some(0), offset_expr } = element.kind
                    else {
                        bail!("a segment of elements that is not the first table's from the start");
                    };
                    let ElementItems::Functions(functions) = element.items else {
                        bail!("elements that are no plain functions");
                    };
                    let start = constant(&offset_expr)?;
                    for (slot, function) in (start..).zip(functions) {
                        self.slots.push((slot, function?));
                    }
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::DataSection(section) => self.data = section.into_iter().collect::<Result<_, _>>()?,
            // Names and the like are for people; wasm-opt has taken them out.
            Payload::Version { .. }
            | Payload::DataCountSection { .. }
            | Payload::CodeSectionStart { .. }
            | Payload::CustomSection(_)
            | Payload::End(_) => {}
            other => bail!("a section that is not understood: {other:?}"),
        }
        Ok(())
    }
}

/// The value of an expression that is one `i32.const`.
pub fn constant(expression: &ConstExpr<'_>) -> Result<u32> {
    match expression.get_operators_reader().read().context("reading a constant")? {
        Operator::I32Const { value } => Ok(value as u32),
        other => bail!("an address that is not a number: {other:?}"),
    }
}
