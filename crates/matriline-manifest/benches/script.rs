//! What it costs to read the block of one script of 4 KB, from memory and from a reader, and to look through a long
//! file that has none.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use matriline_manifest::{read_script, read_script_from};
use std::hint::black_box;
use std::io::Read;

const BLOCK: &str = "# /// script\n# requires-python = \">=3.12\"\n# dependencies = [\"requests>=2.31,<3\", \"numpy\"]\n#\n# [tool.orcaslicer.plugin]\n# name = \"Header stamp\"\n# description = \"Adds a stamp to the file\"\n# author = \"Somebody\"\n# version = \"1.2.0\"\n# ///\n";
const CODE: &str =
    "def execute(self, ctx):  # adds the stamp\n    return orca.ExecutionResult.success('done')\n\n";

fn script(criterion: &mut Criterion) {
    let code = CODE.repeat((4096 - BLOCK.len()) / CODE.len());
    let source = format!("{BLOCK}{code}");
    let plain = BLOCK.lines().filter(|line| !line.contains("dependencies") && !line.contains("requires"));
    let plain: String = plain.map(|line| format!("{line}\n")).chain([code.clone()]).collect();
    let mut group = criterion.benchmark_group("script of 4 KB");
    group.bench_function("with two requirements", |bench| {
        bench.iter(|| read_script("stem", black_box(source.as_bytes())));
    });
    group.bench_function("without requirements", |bench| {
        bench.iter(|| read_script("stem", black_box(plain.as_bytes())));
    });
    group.bench_function("with two requirements, from a reader", |bench| {
        bench.iter(|| read_script_from("stem", black_box(source.as_bytes())));
    });
    group.bench_function("without a block", |bench| {
        bench.iter(|| read_script("stem", black_box(code.as_bytes())));
    });
    group.finish();

    let long = CODE.repeat((100 << 20) / CODE.len());
    let mut group = criterion.benchmark_group("100 MB without a block");
    group.throughput(Throughput::Bytes(long.len() as u64)).sample_size(10);
    group.bench_function("from a reader", |bench| {
        bench.iter(|| read_script_from("stem", black_box(long.as_bytes()).by_ref()));
    });
}

/// Blocks of the largest size that are all faults.
fn hostile(criterion: &mut Criterion) {
    let block = |toml: String| {
        let lines: String = toml.lines().map(|line| format!("# {line}\n")).collect();
        format!("# /// script\n{lines}# ///\n")
    };
    let keys: String = (0..6000).map(|index| format!("a{index} = 1\n")).collect();
    let cases = [
        ("unknown keys", block(keys)),
        ("numbers for requirements", block(format!("dependencies = [{}]", "1,".repeat(30_000)))),
        ("a long range", block(format!("requires-python = '{}'", "x".repeat(48 << 10)))),
        ("an unclosed list", block(format!("dependencies = [\n{}", "a\n".repeat(30_000)))),
        ("open brackets", block(format!("dependencies = {}", "[".repeat(60_000)))),
    ];
    let mut group = criterion.benchmark_group("hostile block");
    group.sample_size(10);
    for (name, source) in &cases {
        group.bench_function(*name, |bench| bench.iter(|| read_script("stem", black_box(source.as_bytes()))));
    }
}

criterion_group!(benches, script, hostile);
criterion_main!(benches);
