"""Describe the machine of a measurement: processor, cores, memory."""

import os
import platform
import re
import subprocess
from pathlib import Path

_LOAD = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
BUSY = 0.5  # load average over a minute


def warn_if_busy() -> None:
    """Print a warning if other programs would disturb the measurement."""
    if _LOAD > BUSY:
        print(f"the machine is busy (load {_LOAD:.1f}): do not use these figures")


def describe() -> dict[str, str]:
    """Return a description of the machine without anything that identifies it."""
    return {
        "processor": _processor(),
        "cores": str(cores()),
        "second-level cache": _cache(),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load at the beginning": f"{_LOAD:.2f}",
    }


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    text = _read("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    name = found[1] if found else _ask("sysctl", "-n", "machdep.cpu.brand_string")
    family = re.search(r"^cpu family\s*: (\d+)\nmodel\s*: (\d+)$", text, re.MULTILINE)
    if family:
        name += f" (family {family[1]}, model {family[2]})"
    widest = [width for width in ("avx512f", "avx2") if f" {width}" in text]
    return f"{name}, {widest[0]}" if widest else name or platform.processor()


def _cache() -> str:
    return _read("/sys/devices/system/cpu/cpu0/cache/index2/size").strip() or "unknown"


def _memory() -> str:
    found = re.search(r"MemTotal:\s+(\d+) kB", _read("/proc/meminfo"))
    return f"{int(found[1]) / 2**20:.0f} GiB" if found else "unknown"


def _read(path: str) -> str:
    file = Path(path)
    return file.read_text() if file.exists() else ""


def _ask(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
