//! Words and signs of Python, Rust and their like that this language says in another way, or not at all.

use super::{Place, Word, function, method, word};
use crate::syntax::Operator;

const fn name(written: &'static str, line: &'static str, note: &'static str) -> Word {
    word(Place::Name, written, line, note)
}

const fn operator(level: usize, same: Option<Operator>, written: &'static str, line: &'static str, note: &'static str) -> Word {
    word(Place::Operator(level, same), written, line, note)
}

const fn keyword(written: &'static str, note: &'static str) -> Word {
    word(Place::Keyword, written, "", note)
}

const OR: usize = 0;
const AND: usize = 1;
const COMPARISON: usize = 2;
const SUM: usize = 3;
const PRODUCT: usize = 4;

const RANGES: &str = "loops go through lists and ranges: `for (i, units) in [(0, 64), (1, 32)] { .. }`";
const ROUNDS: &str = "loops go through what is known while compiling: `for _ in 0..4 { .. }`";
const BESIDE: &str = "write blocks and constants beside the model: `fn name(x) { .. }`, `const WIDTH: usize = 64;`";
const CHOICE: &str = "write `if name == \"value\" { .. } else { .. }`";
const OUTSIDE: &str = "write it outside of `functional_model!`";
const LEFT_OUT: &str = "leave it out: a model is what its body computes, without steps of its own";
const PRINTED: &str = "shapes are printed by `Name::summary()`, outside of `functional_model!`";
const FIELDS: &str = "a model has no `self`: bind layers with `let`, `let first = Dense(64);`, and call them, `first(x)`";
const BITS: &str = "numbers are added, subtracted, multiplied and divided";

pub const WORDS: &[Word] = &[
    name("True", "true", ""),
    name("TRUE", "true", ""),
    name("False", "false", ""),
    name("FALSE", "false", ""),
    name("none", "None", ""),
    name("null", "None", ""),
    name("nil", "None", ""),
    name("nullptr", "None", ""),
    name("undefined", "None", ""),
    name("self", "", FIELDS),
    name("super", "", FIELDS),
    operator(OR, Some(Operator::Or), "true or false", "{a} || {b}", ""),
    operator(OR, Some(Operator::Or), "true | false", "{a} || {b}", ""),
    operator(AND, Some(Operator::And), "true and false", "{a} && {b}", ""),
    operator(AND, Some(Operator::And), "true & false", "{a} && {b}", ""),
    operator(COMPARISON, Some(Operator::Equal), "1 is 1", "{a} == {b}", ""),
    operator(COMPARISON, Some(Operator::Unequal), "1 is not 1", "{a} != {b}", ""),
    operator(COMPARISON, Some(Operator::Equal), "1 === 1", "{a} == {b}", ""),
    operator(COMPARISON, Some(Operator::Unequal), "1 !== 2", "{a} != {b}", ""),
    operator(COMPARISON, Some(Operator::Unequal), "1 <> 2", "{a} != {b}", ""),
    operator(COMPARISON, None, "1 in [1]", "", "compare one by one: `i == 0 || i == 2`"),
    operator(COMPARISON, None, "1 not in [1]", "", "compare one by one: `i != 0 && i != 2`"),
    operator(SUM, None, "x ++ x", "", "lists are joined by `+`, `a + b`"),
    operator(SUM, None, "1 << 2", "", "write the product: `4 * n`"),
    operator(SUM, None, "8 >> 2", "", "write the quotient: `n / 4`"),
    operator(SUM, None, "x |> Dense(8)", "{b}({a})", ""),
    operator(SUM, None, "2 ^ 3", "", BITS),
    operator(
        PRODUCT,
        None,
        "x @ x",
        "",
        "`Dot((2, 1))([rows, columns])` multiplies tensors as matrices, the batch being axis 0; `Dense(64)(x)` multiplies by weights, `a * b` element by element",
    ),
    operator(PRODUCT, Some(Operator::Divide), "8 div 2", "{a} / {b}", ""),
    operator(PRODUCT, Some(Operator::Remainder), "8 mod 3", "{a} % {b}", ""),
    operator(0, None, "not true", "!{b}", ""),
    operator(0, None, "~ true", "!{b}", ""),
    operator(0, None, "+ 4", "{b}", ""),
    operator(0, None, "& x", "{b}", "tensors are passed as they are"),
    operator(0, None, "* x", "{b}", "tensors and lists are passed as they are"),
    keyword("for a in [1] { x }", "write the loop on lines of its own: `for filters in [64, 128] { x = Dense(filters)(x); }`"),
    keyword("if true { x }", "bind it first, `let x = if known { .. } else { .. };`"),
    keyword("as f32", "leave it and the type out: sizes are whole numbers, and need none"),
    keyword("elseif true { }", "write `else if`, behind the `}` of its `if`"),
    keyword("elsif true { }", "write `else if`, behind the `}` of its `if`"),
    keyword("let x = 1;", "`if` asks what is known: `if filters == 64 { .. } else { .. }`"),
    keyword("def f(x) { x }", BESIDE),
    keyword("fn f(x) { x }", BESIDE),
    keyword("func f(x) { x }", BESIDE),
    keyword("function f(x) { x }", BESIDE),
    keyword("const A: usize = 3;", BESIDE),
    keyword("class A { }", "models stand beside each other: `model Name(x: [784]) -> [10] { .. }`"),
    keyword("struct A { }", OUTSIDE),
    keyword("enum A { }", OUTSIDE),
    keyword("impl A { }", OUTSIDE),
    keyword("mod a { }", OUTSIDE),
    keyword("type A = i32;", OUTSIDE),
    keyword("static A: i32 = 3;", BESIDE),
    keyword("use a::b;", OUTSIDE),
    keyword("import torch;", "leave it out: layers are called by their names alone"),
    keyword("from torch import nn;", "leave it out: layers are called by their names alone"),
    keyword("while true { x }", ROUNDS),
    keyword("loop { x }", ROUNDS),
    keyword("until true { x }", ROUNDS),
    keyword("foreach a { x }", ROUNDS),
    keyword("break;", ROUNDS),
    keyword("continue;", ROUNDS),
    keyword("match 1 { }", CHOICE),
    keyword("switch 1 { }", CHOICE),
    keyword("case 1 { }", CHOICE),
    keyword("unless true { }", "write `if !known { .. }`"),
    keyword("else { }", "bind it first, `let x = if known { .. } else { .. };`"),
    keyword("elif true { }", "write `else if`, behind the `}` of its `if`"),
    keyword("pass;", LEFT_OUT),
    keyword("try { }", LEFT_OUT),
    keyword("except { }", LEFT_OUT),
    keyword("with a { }", LEFT_OUT),
    keyword("raise a;", LEFT_OUT),
    keyword("assert a;", "leave it out: shapes are checked while compiling"),
    keyword("del x;", LEFT_OUT),
    keyword("global x;", LEFT_OUT),
    keyword("yield x;", "a body ends with its output: write it alone on the last line"),
    keyword("async { }", OUTSIDE),
    keyword("await x;", OUTSIDE),
    keyword("unsafe { }", OUTSIDE),
    function("range(*ends = 3)", "={=range}", ""),
    function("len(x = [1, 2])", "={=length}", ""),
    function("enumerate(x)", "", RANGES),
    function("zip(x, [_other = x])", "", RANGES),
    function("reversed(x = [1, 2])", "={=reversed}", ""),
    function("print(x)", "", PRINTED),
    function("println(x)", "", PRINTED),
    function("dbg(x)", "", PRINTED),
    function("input(_shape = 8)", "", "inputs are declared behind the model's name, as in `model Name(x: [784])`"),
    function("str(x)", "{x}", "strings stand in double quotes"),
    function("list(x)", "{x}", "lists read `[a, b]`"),
    function("tuple(x)", "{x}", "lists read `[a, b]`"),
    function("dict(x)", "", "write arguments one by one, `name = ..`"),
    function("isinstance(x, [_type = 1])", "", "every kind is known while compiling: write `true` or `false`"),
    function("Some(x)", "{x}", "what may be left out is given as it is"),
    function("Ok(x)", "{x}", "nothing fails at run time"),
    function("super()", "", FIELDS),
    method("new(x)", "", "call it by its name alone: `Dense(64)(x)`"),
    method("forward(x = Dense(8), [y = x])", "{x}({y})", ""),
    method("call(x = Dense(8), [y = x])", "{x}({y})", ""),
    method("__call__(x = Dense(8), [y = x])", "{x}({y})", ""),
    method("apply(x = Dense(8), [y = x])", "{x}({y})", ""),
    method("forward_t(x = Dense(8), [y = x], [_train = true])", "{x}({y})", ""),
    method("init(x, [_device = 1])", "{x}", ""),
    method("pi(x)", "", "write the number itself"),
];
