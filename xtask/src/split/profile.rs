//! Which functions a learner's first minutes run: a copy of the module in which every function says that it was entered.

use super::module::Module;
use super::write;
use anyhow::Result;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{BlockType, CodeSection, ConstExpr, Function, GlobalType, Instruction, ValType};

/// Where the copy imports the function that it tells: it gets the index of the function in the module as it was.
pub const SEEN: (&str, &str) = ("profile", "seen");

/// The copy.
pub fn instrument(module: &Module<'_>) -> Result<Vec<u8>> {
    let imported = module.imports.len() as u32;
    let mut shift = Shift { imported };
    let mut types = write::Types::of(module)?;
    let seen_type = types.index(&[ValType::I32], &[]);
    let mut imports = write::imports(module);
    imports.import(SEEN.0, SEEN.1, wasm_encoder::EntityType::Function(seen_type));
    let mut code = CodeSection::new();
    for index in module.defined() {
        let mut function: Function =
            shift.new_function_with_parsed_locals(module.body(index)).map_err(write::failed)?;
        let entered = module.globals.len() as u32 + index - imported;
        for instruction in [
            Instruction::GlobalGet(entered),
            Instruction::I32Eqz,
            Instruction::If(BlockType::Empty),
            Instruction::I32Const(1),
            Instruction::GlobalSet(entered),
            Instruction::I32Const(index as i32),
            Instruction::Call(imported),
            Instruction::End,
        ] {
            function.instruction(&instruction);
        }
        let mut reader = module.body(index).get_operators_reader()?;
        while !reader.eof() {
            function.instruction(&shift.parse_instruction(&mut reader).map_err(write::failed)?);
        }
        code.function(&function);
    }
    // Whether it was entered before: telling is slow.
    let mut globals = write::globals(module)?;
    for _ in module.defined() {
        let flag = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(flag, &ConstExpr::i32_const(0));
    }
    let exports = write::exports(module, &mut shift)?;
    let functions = module.defined().map(|index| module.functions[index as usize]);
    let slots: Vec<(u32, u32)> =
        module.slots.iter().map(|(slot, f)| (*slot, if *f < imported { *f } else { f + 1 })).collect();
    let mut whole = wasm_encoder::Module::new();
    whole.section(&types.section);
    whole.section(&imports);
    whole.section(&write::functions(functions));
    whole.section(&write::tables(module, 0)?);
    whole.section(&write::memories(module)?);
    whole.section(&globals);
    whole.section(&exports);
    whole.section(&write::elements(&slots));
    whole.section(&code);
    whole.section(&write::data(&module.data)?);
    Ok(whole.finish())
}

/// One more import moves every other function up by one.
struct Shift {
    imported: u32,
}

impl Reencode for Shift {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        Ok(if function < self.imported { function } else { function + 1 })
    }
}
