//! The machine in a line: what a figure depends on, and nothing that names the host.

/// Cores, processor, memory, operating system.
pub fn described() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, key: &str, separator: char| -> Option<String> {
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(separator)?.1.trim().trim_matches('"').to_owned())
    };
    let cpu = value(&read("/proc/cpuinfo"), "model name", ':').unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = value(&read("/proc/meminfo"), "MemTotal", ':')
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok())
        .map(|kilobytes| format!(", {:.0} GiB", kilobytes / 1024.0 / 1024.0));
    let system = value(&read("/etc/os-release"), "PRETTY_NAME", '=').unwrap_or_else(|| std::env::consts::OS.to_owned());
    let build = if cfg!(debug_assertions) { ", DEBUG BUILD" } else { "" };
    format!("{cores} × {cpu}{}, {system}{build}", memory.unwrap_or_default())
}
