//! Files that are written completely or not at all.

use crate::call::Failure;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes text to standard output.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Whether a path stands for standard output.
pub fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}

/// Checks that every output has a folder and that none is an input or another output.
///
/// # Errors
/// [`Failure::Call`] with the path.
pub fn check(outputs: &[&Path], inputs: &[&Path]) -> Result<(), Failure> {
    let standard = outputs.iter().filter(|path| is_standard(path)).count();
    if standard > 1 {
        return Err(Failure::Call("only one output can go to standard output (-)".into()));
    }
    let inputs: Vec<PathBuf> = inputs.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let mut seen = Vec::new();
    for path in outputs.iter().filter(|path| !is_standard(path)) {
        let target = target(path)
            .map_err(|error| Failure::Call(format!("cannot write {}: {error}", path.display())))?;
        if inputs.contains(&target) {
            return Err(Failure::Call(format!("{} is an input and would be overwritten", path.display())));
        }
        if seen.contains(&target) {
            return Err(Failure::Call(format!("{} is written twice", path.display())));
        }
        seen.push(target);
    }
    Ok(())
}

/// Writes a file through `content`; `-` is standard output. The content goes to a temporary file in the same folder, which gets the
/// file's name when it is complete.
///
/// # Errors
/// What `content` returns, and errors of the file, with the path.
pub fn write(
    path: &Path,
    content: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if is_standard(path) {
        let mut text = Vec::new();
        content(&mut text)?;
        let mut out = io::stdout().lock();
        out.write_all(&text)?;
        return Ok(out.flush()?);
    }
    let located = |error: io::Error| format!("cannot write {}: {error}", path.display());
    let target = target(path).map_err(located)?;
    // A device or a pipe cannot be replaced.
    if fs::metadata(&target).is_ok_and(|existing| !existing.is_file()) {
        let mut file = BufWriter::new(File::create(&target).map_err(located)?);
        content(&mut file)?;
        return Ok(file.flush()?);
    }
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    let part = Part(target.with_file_name(name));
    let mut file = BufWriter::new(File::create_new(&part.0).map_err(located)?);
    content(&mut file)?;
    let file = file.into_inner().map_err(|error| located(error.into_error()))?;
    file.sync_all().map_err(located)?;
    drop(file);
    fs::rename(&part.0, &target).map_err(located)?;
    Ok(())
}

/// A file that is removed unless it has been renamed.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // It is not there when it has been renamed.
        let _ = fs::remove_file(&self.0);
    }
}

/// The file that a path leads to, through links; its folder exists.
fn target(path: &Path) -> io::Result<PathBuf> {
    if let Ok(existing) = path.canonicalize() {
        if existing.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
        }
        return Ok(existing);
    }
    let name = path.file_name().ok_or(io::Error::new(io::ErrorKind::InvalidInput, "it has no file name"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(folder.canonicalize().map_err(|e| io::Error::new(e.kind(), format!("its folder: {e}")))?.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("copeak-output-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_failure_leaves_the_file_as_it_was() {
        let folder = folder("kept");
        let path = folder.join("a.txt");
        fs::write(&path, "before").unwrap();
        let failed = write(&path, |out| {
            out.write_all(b"half")?;
            Err("no more".into())
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        write(&path, |out| Ok(out.write_all(b"after")?)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "after");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_input_is_never_an_output() {
        let folder = folder("input");
        let input = folder.join("a.csv");
        fs::write(&input, "x").unwrap();
        let same = folder.join(".").join("a.csv");
        assert!(matches!(check(&[&same], &[&input]), Err(Failure::Call(m)) if m.contains("is an input")));
        let other = folder.join("b.csv");
        assert!(check(&[&other], &[&input]).is_ok());
        assert!(matches!(check(&[&other, &other], &[]), Err(Failure::Call(m)) if m.contains("twice")));
        assert!(matches!(check(&[&folder.join("none/b.csv")], &[]), Err(Failure::Call(_))));
        fs::remove_dir_all(folder).unwrap();
    }
}
