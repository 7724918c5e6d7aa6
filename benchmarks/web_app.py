"""How fast the app answers: from a key press to painted charts in Chromium, twenty clients, and the first load.

    python benchmarks/web_app.py [--moves 40] [--clients 20]

Prints the machine's slow-down factor beside every time (wall over CPU time of a fixed loop), because other work on the
machine lengthens them. Needs Chromium and playwright.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
PAINTED = """() => new Promise((done) => {
  const screen = document.querySelector(".screen");
  const before = screen.dataset.seq;
  let began = 0;
  addEventListener("keydown", (event) => (began = event.timeStamp), { capture: true, once: true });
  const watch = new MutationObserver(() => {
    if (screen.dataset.seq === before || screen.dataset.seq !== screen.dataset.wanted) return;
    watch.disconnect();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.now() - began);
      channel.port2.postMessage(0);
    });
  });
  watch.observe(screen, { attributes: true, attributeFilter: ["data-seq"] });
  window.ready = true;
})"""
LOCAL = re.compile(r"(http://127\.0\.0\.1[:/]|data:|blob:|about:)")
HEADLINES = ["h200_china_revenue_usd_bn", "china_compute_h100e"]
OUTCOMES = [*HEADLINES, "domestic_ai_chip_revenue_usd_bn", "duty_proceeds_usd_bn", "domestic_share_money",
            "us_china_compute_ratio_h100e", "gap_months_system_decode", "china_shortage_share"]  # fmt: skip


def slow_down() -> float:
    """Return wall over CPU time of a fixed loop: 1 on a quiet machine."""
    wall, cpu = time.perf_counter(), time.process_time()
    sum(n * n for n in range(2_000_000))
    return (time.perf_counter() - wall) / (time.process_time() - cpu)


def summary(name: str, values: list[float], unit: str = "ms") -> None:
    """Print the median and the 95th percentile."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    print(
        f"{name:<44} p50 {statistics.median(values):7.1f}  p95 {p95:7.1f} {unit}  (n {len(values)}, slow-down {slow_down():.2f})"
    )


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """Give the address of a server and its process."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-c", "from countermove.cli.app import main; main()", "serve", "--no-browser", "--port", "0"]
        env = {**os.environ, "COUNTERMOVE_DATA": data, "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+/", process.stdout.readline())
            assert found is not None
            yield found[0], process.pid
        finally:
            process.terminate()
            process.wait(10)


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ask(address: str, duty: float, client: str = "", sequence: int = 0, draws: int = 64) -> dict[str, Any]:
    """Ask for one move."""
    body = {"scenario": {"levers": {"washington.duty": duty}}, "outcomes": OUTCOMES, "headlines": HEADLINES,
            "client": client, "sequence": sequence, "draws": draws}  # fmt: skip
    request = urllib.request.Request(  # noqa: S310
        address + "api/live", json.dumps(body).encode(), {"content-type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return dict(json.loads(answer.read()))


def compiled(address: str, engine: str) -> None:
    """Wait until the engine that the server announces answers, with the draws of a move and of what follows it."""
    began = time.monotonic()
    for n in range(600):
        if all(ask(address, 0.001 + n * 1e-5, draws=draws)["engine"] == engine for draws in (64, 256)):
            break
        time.sleep(0.5)
    time.sleep(2)
    print(f"{'engine ' + engine + ' ready after':<44} {time.monotonic() - began:7.1f} s")


def in_browser(address: str, moves: int) -> None:
    """Measure first charts, single moves and a drag."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        sizes: list[int] = []
        strangers: list[str] = []
        page.on("request", lambda request: None if LOCAL.match(request.url) else strangers.append(request.url))
        page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
        first = []
        for _ in range(5):
            began = time.perf_counter()
            page.goto(address)
            page.wait_for_selector(".chart:nth-child(6) svg.fan")
            first.append((time.perf_counter() - began) * 1000)
            page.goto("about:blank")
        summary("navigation to first charts", first)
        page.goto(address)
        page.wait_for_selector(".screen[data-draws='256']")
        print(f"{'first load':<44} {sum(sizes) / 6 / 1000:7.1f} kB, lists and first answer included")
        duty = page.get_by_label("Charge on each sale", exact=True)
        duty.focus()
        times = []
        for n in range(moves):
            page.evaluate(f"void (window.measured = ({PAINTED})())")
            page.keyboard.press("ArrowRight" if n % 50 < 25 else "ArrowLeft")
            times.append(float(page.evaluate("window.measured")))
        summary("lever to all eight charts painted", times)
        box = duty.bounding_box()
        page.evaluate("""() => { window.painted = 0; new MutationObserver(() => (window.painted += 1))
            .observe(document.querySelector(".screen"), { attributes: true, attributeFilter: ["data-seq"] }); }""")
        page.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2)
        page.mouse.down()
        began = time.perf_counter()
        for n in range(60):
            page.mouse.move(box["x"] + 60 + 2 * n, box["y"] + box["height"] / 2)
        page.mouse.up()
        seconds = time.perf_counter() - began
        print(f"{'repaints while dragging':<44} {page.evaluate('window.painted') / seconds:7.1f} a second over {seconds:.1f} s")
        print(f"{'requests to other machines':<44} {len(strangers):7d}")
        browser.close()


def many_clients(address: str, clients: int, seconds: int = 10) -> None:
    """Measure clients that each move once a second."""
    times: list[float] = []

    def moves(number: int) -> None:
        time.sleep(number / clients)
        for n in range(seconds):
            began = time.perf_counter()
            ask(address, 0.2 + number * 0.01 + n * 0.001, f"client{number}", n + 1)
            times.append((time.perf_counter() - began) * 1000)
            time.sleep(max(0.0, 1.0 - (time.perf_counter() - began)))

    threads = [threading.Thread(target=moves, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    summary(f"{clients} clients at one move a second", times)


def main() -> None:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=40)
    parser.add_argument("--clients", type=int, default=20)
    given = parser.parse_args()
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{'load of the machine before (1, 5, 15 min)':<44} {load} on {os.cpu_count()} cores")
    with served() as (address, process):
        with urllib.request.urlopen(address + "api/outcomes") as answer:  # noqa: S310
            engine = json.loads(answer.read())["engine"]
        compiled(address, engine)
        before = processor_seconds(process)
        summary("one answer, alone", [float(ask(address, 0.5 + n * 1e-3)["milliseconds"]) for n in range(30)])
        used = (processor_seconds(process) - before) / 30 * 1000
        print(f"{'processor time of one answer, all threads':<44}     {used:7.1f} ms")
        many_clients(address, given.clients)
        if shutil.which("chromium"):
            in_browser(address, given.moves)


if __name__ == "__main__":
    main()
