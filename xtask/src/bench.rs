//! `cargo xtask bench`: DBF to CSV and CSV.gz beside pgdbf, ogr2ogr and dbfread in one run, on generated tables, in MB
//! of DBF for each CPU second; many small files; and the memory for a table of 2 GB.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use test_tables::bench::{Profile, bench_table};

use crate::Done;
use crate::needs;
use crate::place::Place;
use crate::run;
use crate::setup;

/// Resources of one run of a command (measure.py).
#[derive(Deserialize, Clone, Copy)]
struct Taken {
    /// CPU seconds of all processes, user and system.
    cpu: f64,
    /// Elapsed seconds.
    wall: f64,
    /// The largest resident set, in MiB.
    rss: f64,
}

struct Bench {
    place: Place,
    python: PathBuf,
    data: PathBuf,
    out: PathBuf,
    ours: String,
    quick: bool,
    report: String,
}

/// A program to compare: its name, its shell command, and whether it is fast enough to run three times.
struct Contender {
    name: &'static str,
    command: String,
    fast: bool,
    /// Its output file, where the size is compared.
    output: Option<PathBuf>,
}

/// Runs all comparisons and prints a table in Markdown, which also goes to `target/bench-data/report.md`.
pub fn run(quick: bool) -> Done {
    let place = Place::find()?;
    setup::packages(&[needs::COMPILER, needs::PYTHON], false)?;
    let python = setup::python(&place)?;
    run::show(run::command(run::cargo(), &place.root).args([
        "build",
        "--quiet",
        "--release",
        "--bin",
        "data_exporter",
    ]))?;
    let data = place.target.join("bench-data");
    fs::create_dir_all(&data)?;
    let out = place.fresh("bench-out")?;
    let ours = quoted(&place.program("release", "data_exporter"));
    let mut bench = Bench { place, python, data, out, ours, quick, report: String::new() };
    let (wide, narrow) = if quick { (20_000, 200_000) } else { (200_000, 2_000_000) };
    bench.table("goods", Profile::Goods, wide)?;
    bench.table("receipts", Profile::Receipts, narrow)?;
    bench.small_files(if quick { 100 } else { 1000 })?;
    bench.large(if quick { 200 } else { 2000 })?;
    bench.print("\nA peak of 11 MiB or less is that of the measuring program itself.");
    fs::write(bench.data.join("report.md"), &bench.report)?;
    Ok(())
}

impl Bench {
    fn print(&mut self, line: &str) {
        println!("{line}");
        let _ = writeln!(self.report, "{line}");
    }

    /// One table, to CSV and to CSV.gz, by every program.
    fn table(&mut self, name: &str, profile: Profile, rows: u32) -> Done {
        let path = self.generate(&format!("{name}-{rows}.dbf"), profile, rows)?;
        let (dbf, out, ours) = (quoted(&path), self.out.clone(), self.ours.clone());
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (plain, packed) = (out.join("plain"), out.join("packed"));
        let made = |file: &str| out.join(file);
        let gdal = format!(
            "ogr2ogr -f CSV /vsistdout/ --config SHAPE_ENCODING CP866 --config GDAL_NUM_THREADS 1 {dbf}"
        );
        let slow = format!(
            "{} {} {dbf}",
            quoted(&self.python),
            quoted(&self.place.root.join("xtask/dbfread_csv.py"))
        );
        let contender = |name, command, fast, output| Contender { name, command, fast, output };
        let convert = format!("{ours} convert {dbf} --encoding CP866 --output");

        self.print(&format!("\n### {name}: {rows} rows, {:.0} MB of DBF to CSV\n", megabytes(&path)?));
        let csv = [
            contender(
                "data_exporter",
                format!("{convert} {} 2>&1", quoted(&plain)),
                true,
                Some(plain.join(format!("{stem}.csv"))),
            ),
            contender(
                "pgdbf -s CP866",
                format!("pgdbf -s CP866 {dbf} > {}", quoted(&made("pgdbf.sql"))),
                true,
                Some(made("pgdbf.sql")),
            ),
            contender(
                "ogr2ogr",
                format!("{gdal} > {}", quoted(&made("ogr.csv"))),
                false,
                Some(made("ogr.csv")),
            ),
            contender(
                "dbfread",
                format!("{slow} > {}", quoted(&made("dbfread.csv"))),
                false,
                Some(made("dbfread.csv")),
            ),
        ];
        self.race(&path, &csv)?;

        self.print(&format!("\n### {name}: to CSV.gz at level 6\n"));
        let gz = [
            contender(
                "data_exporter",
                format!("{convert} {} --gzip --level 6 2>&1", quoted(&packed)),
                true,
                Some(packed.join(format!("{stem}.csv.gz"))),
            ),
            contender(
                "pgdbf -s CP866, gzip -6",
                format!("pgdbf -s CP866 {dbf} | gzip -6 > {}", quoted(&made("pgdbf.gz"))),
                true,
                Some(made("pgdbf.gz")),
            ),
            contender(
                "our CSV, gzip -6",
                format!(
                    "{convert} {} 2>&1 && gzip -6 < {} > {}",
                    quoted(&plain),
                    quoted(&plain.join(format!("{stem}.csv"))),
                    quoted(&made("ours.gz"))
                ),
                true,
                Some(made("ours.gz")),
            ),
            contender(
                "ogr2ogr, gzip -6",
                format!("{gdal} | gzip -6 > {}", quoted(&made("ogr.gz"))),
                false,
                Some(made("ogr.gz")),
            ),
            contender(
                "dbfread, gzip -6",
                format!("{slow} | gzip -6 > {}", quoted(&made("dbfread.gz"))),
                false,
                Some(made("dbfread.gz")),
            ),
        ];
        self.race(&path, &gz)
    }

    /// Many small files in one call.
    fn small_files(&mut self, count: u32) -> Done {
        let folder = self.data.join(format!("small-{count}"));
        if !folder.exists() {
            fs::create_dir_all(&folder)?;
            for number in 0..count {
                let path = folder.join(format!("T{number:05}.DBF"));
                let mut file = BufWriter::new(File::create(path)?);
                bench_table(&mut file, Profile::Goods, 20 + number % 400, u64::from(number))?;
                file.flush()?;
            }
        }
        let mut bytes = 0.0;
        for entry in fs::read_dir(&folder)? {
            bytes += megabytes(&entry?.path())?;
        }
        self.print(&format!("\n### {count} small files, {bytes:.0} MB together, to CSV\n"));
        let (out, all) = (self.out.clone(), quoted(&folder));
        let each = |command: &str| format!("for f in {all}/*.DBF; do {command} || exit 1; done");
        let ogr = quoted(&out.join("small.ogr"));
        let contenders = [
            Contender {
                name: "data_exporter",
                command: format!(
                    "{} convert {all} --encoding CP866 --output {} > {} 2>&1",
                    self.ours,
                    quoted(&out.join("small")),
                    quoted(&out.join("small.log"))
                ),
                fast: true,
                output: None,
            },
            Contender {
                name: "pgdbf -s CP866",
                command: each(&format!("pgdbf -s CP866 \"$f\" > {}", quoted(&out.join("small.sql")))),
                fast: true,
                output: None,
            },
            Contender {
                name: "ogr2ogr",
                command: each(&format!(
                    "ogr2ogr -f CSV /vsistdout/ --config SHAPE_ENCODING CP866 \"$f\" > {ogr}"
                )),
                fast: false,
                output: None,
            },
        ];
        self.race_of(bytes, &contenders)
    }

    /// The memory for one large table.
    fn large(&mut self, megabytes_wanted: u32) -> Done {
        let rows = (u64::from(megabytes_wanted) * 1_000_000 / Profile::Goods.record_length() as u64) as u32;
        let path = self.generate(&format!("large-{megabytes_wanted}.dbf"), Profile::Goods, rows)?;
        let size = megabytes(&path)?;
        self.print(&format!("\n### {size:.0} MB in one table: peak memory\n"));
        let (dbf, ours) = (quoted(&path), self.ours.clone());
        let folder = self.out.join("large");
        let convert = format!("{ours} convert {dbf} --encoding CP866 --output {}", quoted(&folder));
        self.print("| to | MB/CPU s | CPU s | wall s | peak MiB |\n|---|---|---|---|---|");
        for (what, command) in
            [("CSV", format!("{convert} 2>&1")), ("CSV.gz", format!("{convert} --gzip 2>&1"))]
        {
            let Taken { cpu, wall, rss } = self.measure(&command)?;
            self.print(&format!("| {what} | {:.0} | {cpu:.2} | {wall:.2} | {rss:.0} |", size / cpu));
            fs::remove_dir_all(&folder)?;
        }
        Ok(())
    }

    fn race(&mut self, table: &Path, contenders: &[Contender]) -> Done {
        let size = megabytes(table)?;
        self.race_of(size, contenders)
    }

    fn race_of(&mut self, size: f64, contenders: &[Contender]) -> Done {
        self.print(
            "| | MB/CPU s | ours is | CPU s | wall s | peak MiB | output MB |\n|---|---|---|---|---|---|---|",
        );
        let mut ours = 0.0;
        for Contender { name, command, fast, output } in contenders {
            let program = command.split(' ').find(|word| matches!(*word, "pgdbf" | "ogr2ogr"));
            if let Some(program) = program
                .filter(|program| !run::exists(program, if *program == "pgdbf" { "-h" } else { "--version" }))
            {
                self.print(&format!("| {name} | not measured: {program} is not installed | | | | | |"));
                continue;
            }
            let times = if *fast && !self.quick { 3 } else { 1 };
            let mut best = self.measure(command)?;
            for _ in 1..times {
                let next = self.measure(command)?;
                let rss = best.rss.max(next.rss);
                best = Taken { rss, ..if next.cpu < best.cpu { next } else { best } };
            }
            let speed = size / best.cpu;
            if ours == 0.0 {
                ours = speed;
            }
            let left = output.as_ref().map(|path| megabytes(path)).transpose()?;
            self.print(&format!(
                "| {name} | {speed:.1} | {:.1} x | {:.2} | {:.2} | {:.0} | {} |",
                ours / speed,
                best.cpu,
                best.wall,
                best.rss,
                left.map_or_else(String::new, |left| format!("{left:.1}"))
            ));
        }
        Ok(())
    }

    fn measure(&self, command: &str) -> Done<Taken> {
        let mut measured = run::command(&self.python, &self.place.root);
        measured.arg("xtask/measure.py").arg(command).env("DATA_EXPORTER_HOME", self.out.join("home"));
        let answer = run::capture(&mut measured)?;
        Ok(serde_json::from_str(answer.lines().last().unwrap_or_default())?)
    }

    /// A table that is generated once and kept.
    fn generate(&self, name: &str, profile: Profile, rows: u32) -> Done<PathBuf> {
        let path = self.data.join(name);
        if !path.exists() {
            let unfinished = path.with_extension("new");
            let mut file = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
            bench_table(&mut file, profile, rows, u64::from(rows))?;
            file.flush()?;
            fs::rename(unfinished, &path)?;
        }
        Ok(path)
    }
}

fn megabytes(path: &Path) -> Done<f64> {
    let length =
        fs::metadata(path).map_err(|error| format!("cannot measure `{}`: {error}", path.display()))?.len();
    Ok(length as f64 / 1e6)
}

fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}
