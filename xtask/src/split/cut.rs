//! The cut: functions that stay, and functions that move to a second module, which may come later or never.
//!
//! ```text
//! first                                            second
//!   a staying function                               a moved function
//!     i32.const SLOT  ─┐                               call STAYING (imported)
//!     call BRIDGE      │                             elements: SLOT ← the moved function, …
//!   a bridge, one for each type                      start: loaded ← 1
//!     loaded = 0? call load  ──▶ the page compiles the second
//!     call_indirect SLOT
//! ```
//!
//! Both have one memory, one stack pointer and one table, so neither can tell that it is a half. The table grows by a slot for
//! each moved function that is called from the first half. One that stood in the table before (it is called through a pointer)
//! keeps its slot: until the second half overwrites that, a stand-in lies there and goes over the bridge. So does one that is
//! exported.
//!
//! Constants that only moved functions can reach move with them: the first half has zeros there.

use super::links::{Links, Span};
use super::module::{Module, constant};
use super::names::Names;
use super::write::{self, Types};
use anyhow::{Context, Result, bail};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection, Function, GlobalType,
    ImportSection, Instruction, StartSection, ValType,
};
use wasmparser::{DataKind, ExternalKind, FunctionBody, Operator};

/// What the first half imports, and calls when it needs the second: it comes back when that is there.
pub const LOAD: (&str, &str) = ("./second.js", "load");
/// Where the second half imports from: what the first exports.
pub const FIRST: &str = "first";

/// The two modules.
pub struct Halves {
    pub first: Vec<u8>,
    pub second: Vec<u8>,
    /// How many functions moved.
    pub moved: usize,
    /// How many of them can be called from the first.
    pub slots: usize,
    /// How many bytes of constants moved.
    pub constants: u32,
}

/// Moves all functions that are not in `stays`.
pub fn cut(module: &Module<'_>, stays: &BTreeSet<u32>, links: &Links) -> Result<Halves> {
    let plan = Plan::make(module, stays, links)?;
    let names = Names::make(module, &plan.lent);
    let (first, second) = (first(module, &plan, &names)?, second(module, &plan, &names)?);
    let constants = plan.constants.iter().map(|(start, end)| end - start).sum();
    Ok(Halves { first, second, moved: plan.moved.len(), slots: plan.slots.len(), constants })
}

/// Who goes where.
struct Plan {
    moved: BTreeSet<u32>,
    /// The slot through which the first half reaches a moved function.
    slots: BTreeMap<u32, u32>,
    /// Slots that the table did not have.
    more: u32,
    /// Moved functions for which something stands in the first half.
    stand_ins: Vec<u32>,
    /// Staying and imported functions that moved ones call, the most called first.
    lent: Vec<u32>,
    /// Where the constants that move lie.
    constants: Vec<Span>,
}

impl Plan {
    fn make(module: &Module<'_>, stays: &BTreeSet<u32>, links: &Links) -> Result<Self> {
        let moved: BTreeSet<u32> = module.defined().filter(|function| !stays.contains(function)).collect();
        let mut lent: BTreeMap<u32, usize> = BTreeMap::new();
        let mut reached = BTreeSet::new();
        for caller in module.defined() {
            for callee in calls(module.body(caller))? {
                match (moved.contains(&caller), moved.contains(&callee)) {
                    (true, false) => *lent.entry(callee).or_default() += 1,
                    (false, true) => drop(reached.insert(callee)),
                    _ => {}
                }
            }
        }
        let mut stand_ins = BTreeSet::new();
        let mut slots = BTreeMap::new();
        for (slot, function) in module.slots.iter().filter(|(_, function)| moved.contains(function)) {
            stand_ins.insert(*function);
            slots.entry(*function).or_insert(*slot);
        }
        for export in module.exports.iter().filter(|export| export.kind == ExternalKind::Func) {
            if moved.contains(&export.index) {
                stand_ins.insert(export.index);
                reached.insert(export.index);
            }
        }
        let start = module.tables.first().context("the module has no table")?.initial as u32;
        let mut more = 0;
        for function in reached {
            slots.entry(function).or_insert_with(|| {
                more += 1;
                start + more - 1
            });
        }
        let mut lent: Vec<(u32, usize)> = lent.into_iter().collect();
        lent.sort_by_key(|(function, calls)| (Reverse(*calls), *function));
        let lent = lent.into_iter().map(|(function, _)| function).collect();
        let staying = module.defined().filter(|function| !moved.contains(function));
        let constants = links.unreached(staying.map(|function| module.body(function)))?;
        Ok(Self { moved, slots, more, stand_ins: stand_ins.into_iter().collect(), lent, constants })
    }
}

/// The functions that a body calls, as often as it does.
fn calls(body: &FunctionBody<'_>) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for operator in body.get_operators_reader()? {
        match operator? {
            Operator::Call { function_index } => found.push(function_index),
            other @ (Operator::RefFunc { .. } | Operator::ReturnCall { .. }) => {
                bail!("{other:?} is not understood")
            }
            // Data and elements are renumbered or moved, so nobody may name a segment.
            other @ (Operator::MemoryInit { .. }
            | Operator::DataDrop { .. }
            | Operator::TableInit { .. }
            | Operator::ElemDrop { .. }) => {
                bail!("{other:?} is not understood")
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Whether the second half is there.
const LOADED: GlobalType = GlobalType { val_type: ValType::I32, mutable: true, shared: false };

fn first(module: &Module<'_>, plan: &Plan, names: &Names) -> Result<Vec<u8>> {
    let mut types = Types::of(module)?;
    let mut imports = write::imports(module);
    imports.import(LOAD.0, LOAD.1, EntityType::Function(types.index(&[], &[])));
    let load = module.imports.len() as u32;
    let loaded = module.globals.len() as u32;
    let staying: Vec<u32> = module.defined().filter(|function| !plan.moved.contains(function)).collect();

    // Imported, load, staying, stand-ins, bridges.
    let mut side = Side { index: vec![None; module.functions.len()], far: BTreeMap::new() };
    for function in 0..load {
        side.index[function as usize] = Some(function);
    }
    for (index, function) in (load + 1..).zip(staying.iter().chain(&plan.stand_ins)) {
        side.index[*function as usize] = Some(index);
    }
    let mut function_types: Vec<u32> =
        staying.iter().chain(&plan.stand_ins).map(|function| module.functions[*function as usize]).collect();
    let mut bridges: BTreeMap<u32, u32> = BTreeMap::new();
    for (function, slot) in &plan.slots {
        let ty = module.functions[*function as usize];
        let next = load + 1 + (staying.len() + plan.stand_ins.len() + bridges.len()) as u32;
        let bridge = *bridges.entry(ty).or_insert(next);
        side.far.insert(*function, (*slot, bridge));
    }
    let mut in_order: Vec<(u32, u32)> = bridges.iter().map(|(ty, bridge)| (*bridge, *ty)).collect();
    in_order.sort_unstable();

    let mut code = CodeSection::new();
    for function in &staying {
        side.body(&mut code, module.body(*function))?;
    }
    for function in &plan.stand_ins {
        let mut body = Function::new([]);
        for parameter in 0..module.type_of(*function).params().len() {
            body.instruction(&Instruction::LocalGet(parameter as u32));
        }
        let (slot, bridge) = side.far[function];
        body.instruction(&Instruction::I32Const(slot as i32));
        body.instruction(&Instruction::Call(bridge));
        body.instruction(&Instruction::End);
        code.function(&body);
    }
    for (_, ty) in in_order {
        let (mut parameters, results) = types.get(ty).clone();
        let slot = parameters.len() as u32;
        parameters.push(ValType::I32);
        function_types.push(types.index(&parameters, &results));
        let mut body = Function::new([]);
        body.instruction(&Instruction::GlobalGet(loaded));
        body.instruction(&Instruction::I32Eqz);
        body.instruction(&Instruction::If(wasm_encoder::BlockType::Empty));
        body.instruction(&Instruction::Call(load));
        body.instruction(&Instruction::End);
        for parameter in 0..=slot {
            body.instruction(&Instruction::LocalGet(parameter));
        }
        body.instruction(&Instruction::CallIndirect { type_index: ty, table_index: 0 });
        body.instruction(&Instruction::End);
        code.function(&body);
    }

    let mut globals = write::globals(module)?;
    globals.global(LOADED, &ConstExpr::i32_const(0));
    let mut exports = ExportSection::new();
    for export in &module.exports {
        side.parse_export(&mut exports, *export).map_err(write::failed)?;
    }
    for (name, kind, index) in &names.new {
        let index = if *kind == ExportKind::Func { side.index(*index)? } else { *index };
        exports.export(name, *kind, index);
    }
    let mut slots = Vec::new();
    for (slot, function) in &module.slots {
        slots.push((*slot, side.index(*function)?));
    }
    let mut whole = wasm_encoder::Module::new();
    whole.section(&types.section);
    whole.section(&imports);
    whole.section(&write::functions(function_types.into_iter()));
    whole.section(&write::tables(module, plan.more)?);
    whole.section(&write::memories(module)?);
    whole.section(&globals);
    whole.section(&exports);
    whole.section(&write::elements(&slots));
    whole.section(&code);
    whole.section(&data(module, |at| !within(&plan.constants, at))?);
    Ok(whole.finish())
}

fn second(module: &Module<'_>, plan: &Plan, names: &Names) -> Result<Vec<u8>> {
    let mut types = Types::of(module)?;
    let nothing = types.index(&[], &[]);
    let mut imports = ImportSection::new();
    let memory = RoundtripReencoder.memory_type(module.memories[0]).map_err(write::failed)?;
    imports.import(FIRST, &names.memory, EntityType::Memory(memory));
    for (index, (table, name)) in module.tables.iter().zip(&names.tables).enumerate() {
        let more = if index == 0 { plan.more } else { 0 };
        imports.import(FIRST, name, EntityType::Table(write::table_type(table, more)?));
    }
    for (index, name) in names.globals.iter().enumerate() {
        let ty = match module.globals.get(index) {
            Some(global) => RoundtripReencoder.global_type(global.ty).map_err(write::failed)?,
            None => LOADED,
        };
        imports.import(FIRST, name, EntityType::Global(ty));
    }
    let mut side = Side { index: vec![None; module.functions.len()], far: BTreeMap::new() };
    for (index, (function, name)) in plan.lent.iter().zip(&names.lent).enumerate() {
        imports.import(FIRST, name, EntityType::Function(module.functions[*function as usize]));
        side.index[*function as usize] = Some(index as u32);
    }
    for (index, function) in (plan.lent.len() as u32..).zip(&plan.moved) {
        side.index[*function as usize] = Some(index);
    }
    let types_of = plan.moved.iter().map(|function| module.functions[*function as usize]);
    let start = (plan.lent.len() + plan.moved.len()) as u32;
    let mut code = CodeSection::new();
    for function in &plan.moved {
        side.body(&mut code, module.body(*function))?;
    }
    let mut body = Function::new([]);
    body.instruction(&Instruction::I32Const(1));
    body.instruction(&Instruction::GlobalSet(module.globals.len() as u32));
    body.instruction(&Instruction::End);
    code.function(&body);
    // A function may stand in several slots of the table as it was.
    let mut slots: BTreeMap<u32, u32> =
        plan.slots.iter().map(|(function, slot)| (*slot, *function)).collect();
    slots.extend(module.slots.iter().copied().filter(|(_, function)| plan.moved.contains(function)));
    let slots: Vec<(u32, u32)> =
        slots.into_iter().map(|(slot, function)| Ok((slot, side.index(function)?))).collect::<Result<_>>()?;
    let mut whole = wasm_encoder::Module::new();
    whole.section(&types.section);
    whole.section(&imports);
    whole.section(&write::functions(types_of.chain([nothing])));
    whole.section(&StartSection { function_index: start });
    whole.section(&write::elements(&slots));
    whole.section(&code);
    whole.section(&data(module, |at| within(&plan.constants, at))?);
    Ok(whole.finish())
}

/// Whether an address lies in one of the spans, which are in order.
fn within(spans: &[Span], at: u32) -> bool {
    let next = spans.partition_point(|(_, end)| *end <= at);
    spans.get(next).is_some_and(|(start, _)| *start <= at)
}

/// So many zeros cost less than another segment.
const GAP: usize = 8;

/// What this half puts into memory: the bytes for which that is said, and no zeros, for those are there.
fn data(module: &Module<'_>, wanted: impl Fn(u32) -> bool) -> Result<DataSection> {
    let mut section = DataSection::new();
    for segment in &module.data {
        let DataKind::Active { memory_index: 0, offset_expr } = &segment.kind else {
            bail!("data that is not put into memory from the start");
        };
        let start = constant(offset_expr)?;
        // A byte that is the other half's ends a segment: what is there may have been written by now.
        let bytes: Vec<Option<u8>> =
            (start..).zip(segment.data).map(|(at, byte)| wanted(at).then_some(*byte)).collect();
        let filled = |byte: &Option<u8>| byte.is_some_and(|byte| byte != 0);
        let mut from = 0;
        while let Some(skipped) = bytes[from..].iter().position(filled) {
            let begin = from + skipped;
            let mut end = begin;
            while let Some(more) =
                bytes[end..].iter().take(GAP).take_while(|byte| byte.is_some()).position(filled)
            {
                end += more + 1;
            }
            let offset = ConstExpr::i32_const((start as usize + begin) as i32);
            section.active(0, &offset, bytes[begin..end].iter().map(|byte| byte.unwrap_or(0)));
            from = end;
        }
    }
    Ok(section)
}

/// One half's numbers of the functions.
struct Side {
    /// By the number in the whole module: the number here.
    index: Vec<Option<u32>>,
    /// Moved functions, in the first half: slot and bridge.
    far: BTreeMap<u32, (u32, u32)>,
}

impl Side {
    fn index(&self, function: u32) -> Result<u32> {
        self.index[function as usize].with_context(|| format!("function {function} is not in this half"))
    }

    fn body(&mut self, code: &mut CodeSection, body: &FunctionBody<'_>) -> Result<()> {
        let mut function: Function = self.new_function_with_parsed_locals(body).map_err(write::failed)?;
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            if let Operator::Call { function_index } = operator
                && let Some((slot, bridge)) = self.far.get(&function_index)
            {
                function.instruction(&Instruction::I32Const(*slot as i32));
                function.instruction(&Instruction::Call(*bridge));
            } else {
                function.instruction(&self.instruction(operator).map_err(write::failed)?);
            }
        }
        code.function(&function);
        Ok(())
    }
}

impl Reencode for Side {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        self.index[function as usize].ok_or(Error::CanonicalizedHeapTypeReference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        DataSection, ElementSection, Elements, MemorySection, MemoryType, TableSection, TypeSection,
    };

    /// `run` (exported) calls `rare`, which calls `run` and stands in the table, as `other` does.
    fn sample() -> Vec<u8> {
        let mut whole = wasm_encoder::Module::new();
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32], [ValType::I32]);
        whole.section(&types);
        let mut imports = ImportSection::new();
        imports.import("page", "now", EntityType::Function(0));
        whole.section(&imports);
        whole.section(&write::functions([0, 0, 0].into_iter()));
        let mut tables = TableSection::new();
        tables.table(wasm_encoder::TableType {
            element_type: wasm_encoder::RefType::FUNCREF,
            minimum: 3,
            maximum: Some(3),
            table64: false,
            shared: false,
        });
        whole.section(&tables);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        whole.section(&memories);
        let mut exports = ExportSection::new();
        exports.export("run", ExportKind::Func, 1);
        whole.section(&exports);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(1), Elements::Functions([2, 3][..].into()));
        whole.section(&elements);
        let mut code = CodeSection::new();
        for callee in [2, 1, 0] {
            let mut function = Function::new([]);
            function.instruction(&Instruction::LocalGet(0));
            function.instruction(&Instruction::Call(callee));
            function.instruction(&Instruction::End);
            code.function(&function);
        }
        whole.section(&code);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(16), *b"constant");
        whole.section(&data);
        whole.finish()
    }

    fn cut_at(stays: &[u32]) -> Halves {
        let bytes = sample();
        let module = Module::read(&bytes).unwrap();
        let halves = cut(&module, &stays.iter().copied().collect(), &Links::default()).unwrap();
        for half in [&halves.first, &halves.second] {
            wasmparser::Validator::new().validate_all(half).unwrap();
        }
        halves
    }

    #[test]
    fn both_halves_are_sound_wherever_the_cut_is() {
        for stays in [&[][..], &[1], &[2], &[3], &[1, 2], &[1, 2, 3]] {
            let halves = cut_at(stays);
            assert_eq!(halves.moved, 3 - stays.len());
        }
    }

    #[test]
    fn what_moves_has_a_stand_in_and_its_old_slot() {
        let halves = cut_at(&[1]);
        let first = Module::read(&halves.first).unwrap();
        // One more import, two stand-ins, one bridge; the table has not grown.
        assert_eq!((first.imports.len(), first.bodies.len(), first.tables[0].initial), (2, 4, 3));
        assert_eq!(first.slots.iter().map(|(slot, _)| *slot).collect::<Vec<_>>(), [1, 2]);
        assert!(first.exports.iter().any(|export| export.name == "run"));
        assert_eq!((halves.moved, halves.slots), (2, 2));
    }
}
