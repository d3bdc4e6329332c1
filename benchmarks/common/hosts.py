"""Hosts made with Linux network namespaces, joined by a bridge, with a limited rate; needs root."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# mpiexec calls it as it would call ssh: options, host, command
AGENT = """#!/bin/bash
while [[ "$1" == -* ]]; do shift; done
name=mc${1##*.}; shift
exec ip netns exec $name unshare --uts bash -c "hostname $name; $*"
"""


@contextmanager
def hosts(count: int, rate: str | None) -> Iterator[list[str]]:
    """Make hosts; yield the beginning of an mpiexec command with a rank on each.

    Parameters
    ----------
    count : int
    rate : str, optional
        What each host sends at most, as `tc` writes it: "1gbit".
    """
    try:
        _run("ip link add mcbridge type bridge")
        _run("ip link set mcbridge up")
        for i in range(1, count + 1):
            _run(f"ip netns add mc{i}")
            _run(f"ip link add mcveth{i} type veth peer name eth0 netns mc{i}")
            _run(f"ip link set mcveth{i} master mcbridge up")
            _run(f"ip -n mc{i} addr add 10.77.0.{i}/24 dev eth0")
            _run(f"ip -n mc{i} link set eth0 up")
            _run(f"ip -n mc{i} link set lo up")
            if rate:
                limit = f"tbf rate {rate} burst 64kb latency 20ms"
                _run(f"ip netns exec mc{i} tc qdisc add dev eth0 root {limit}")
        with tempfile.TemporaryDirectory() as folder:
            agent = Path(folder) / "agent"
            agent.write_text(AGENT)
            agent.chmod(0o755)
            names = ",".join(f"10.77.0.{i}:1" for i in range(1, count + 1))
            options = f"--prtemca plm_ssh_agent {agent} --host {names} --map-by node --bind-to none"
            network = "--mca pml ob1 --mca btl tcp,self --mca btl_tcp_if_include eth0"
            on_first = ["ip", "netns", "exec", "mc1", "unshare", "--uts", "bash", "-c"]
            on_first += ['hostname mc1; exec "$@"', "bash"]
            yield [*on_first, "mpiexec", *options.split(), *network.split()]
    finally:
        for i in range(1, count + 1):
            subprocess.run(["ip", "link", "del", f"mcveth{i}"], check=False)
            subprocess.run(["ip", "netns", "del", f"mc{i}"], check=False)
        subprocess.run(["ip", "link", "del", "mcbridge"], check=False)


def _run(command: str) -> None:
    subprocess.run(command.split(), check=True)
