//! The `annals` binary: the command line of the library.

fn main() -> std::process::ExitCode {
    annals::cli::main()
}
