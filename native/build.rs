//! Copies wasmtime's C and C++ headers, which its crate generates while it is built, to the folder named by
//! `ZERODB_NATIVE_INCLUDE`, where CMake looks for them.

use std::path::Path;
use std::{env, fs, io};

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-env-changed=ZERODB_NATIVE_INCLUDE");
    println!("cargo:rerun-if-env-changed=DEP_WASMTIME_C_API_INCLUDE");
    println!("cargo:rerun-if-changed=build.rs");
    let Some(target) = env::var_os("ZERODB_NATIVE_INCLUDE") else {
        return Ok(());
    };
    let headers = env::var_os("DEP_WASMTIME_C_API_INCLUDE")
        .ok_or_else(|| io::Error::other("wasmtime-c-api-impl did not tell where its headers are"))?;
    copy_folder(Path::new(&headers), Path::new(&target))
}
