#!/usr/bin/env python3
"""A rig for pumpbench in one file: the wire of docs/PROTOCOL.md, sections 1 to 12, before a simulated motor.

Part 1 is the wire and part 2 what a rig does: both stay as they are. Part 3 is the motor and becomes yours. Part 4 is a
socket on this machine. Nothing but the standard library of Python 3.9 is needed.

    python3 own_rig.py --tcp 7778 --lose-every 50
    npx pumpbench run FILE.yaml --rig tcp:127.0.0.1:7778 --speed 60

Ticks are 64 us. Inside they are counted from the start and never wrap; the wire carries their low 32 bits.
"""
from __future__ import annotations

import argparse
import os
import re
import secrets
import select
import socket
import sys
import time
import zlib
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, NamedTuple, Optional, Protocol, Union

# ---- Part 1: the wire. Sections 1 and 2 of PROTOCOL.md -------------------------------------------------------------

VERSION, SCHEMA, CLOCK_HZ, TICKS_PER_S = 1, "E62012BB", 16_000_000, 15_625
LONGEST_FRAME_BYTES, WINDOW, QUEUE, REPORT_STEPS, DEAD_MAN_TICKS = 128, 2, 16, 64, 31_250
SPAN_TICKS, AHEAD_TICKS, SHORTEST_INTERVAL_TICKS = 1 << 30, 1 << 30, 16
DOLLAR, NEWLINE, HALT_BYTE = 0x24, 0x0A, 0x9B
U16, U31, U32 = 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF

Value = Union[int, str]
Field = Callable[[str], Optional[Value]]


def whole(least: int, most: int) -> Field:
    """A decimal integer in its one spelling; no field to the rig may be negative."""

    def read(text: str) -> Optional[Value]:
        value = int(text) if re.fullmatch("0|[1-9][0-9]*", text) else -1
        return value if least <= value <= most else None

    return read


def token(longest: int) -> Field:
    return lambda text: text if re.fullmatch(f"[A-Za-z0-9._-]{{1,{longest}}}", text) else None


def word(*words: str) -> Field:
    return lambda text: text if text in words else None


TOKEN, TICK, PART = whole(1, U32), whole(0, U32), whole(0, U31)

TO_RIG: dict[str, tuple[Field, ...]] = {
    "HELLO": (whole(0, U32),),
    "SEG": (TOKEN, TICK, PART, whole(1, U16), whole(0, U31 // 2), PART, whole(1, U31), word("F", "R")),
    "CANCEL": (TOKEN, TICK),
    "CLEAR": (TOKEN, whole(0, U16)),
    "STAT": (TOKEN,),
    "NAME": (TOKEN, token(16)),
    "SENSE": (TOKEN, word("OFF", "COILS", "STEP")),
    "FETCH": (TOKEN, whole(0, U32)),
    "VOID": (TOKEN,),
    "BEAT": (TOKEN,),
}


class Frame(NamedTuple):
    sequence: int
    type: str
    values: tuple[Value, ...]


def encode(sequence: int, type_: str, *values: Value) -> bytes:
    """One frame with its newline."""
    body = f"{sequence:02X}{','.join([type_, *map(str, values)])}"
    summed = f"{len(body):02X}{body}".encode("ascii")
    return b"$%b*%08X\n" % (summed, zlib.crc32(summed))


SHAPE = re.compile(rb"\$(([0-9A-F]{2})(([0-9A-F]{2})([A-Z]{1,8})((?:,[^,*]*)*)))\*([0-9A-F]{8})")


def decode(line: bytes) -> Optional[Frame]:
    """The frame that a line from its `$` to before its newline is, or None if one byte of it deviates."""
    shape = SHAPE.fullmatch(line)
    if shape is None:
        return None
    summed, length, counted, sequence, type_, rest, total = shape.groups()
    if int(length, 16) != len(counted) or int(total, 16) != zlib.crc32(summed):
        return None
    fields = TO_RIG.get(type_.decode("ascii"))
    texts = rest.decode("latin-1").split(",")[1:]
    if fields is None or len(texts) != len(fields):
        return None
    values = tuple(value for field, text in zip(fields, texts) if (value := field(text)) is not None)
    if len(values) != len(fields) or (type_ in (b"HELLO", b"BEAT") and sequence != b"00"):
        return None
    return Frame(int(sequence, 16), type_.decode("ascii"), values)


class Halt:
    """Two bytes 0x9B in a row."""


class Receiver:
    """Frames and HALTs out of bytes, in whatever pieces they come. Holds one line, and looks at each byte once."""

    def __init__(self) -> None:
        self.discarded = 0
        self._held = bytearray()  # the line from its last `$` on; what was before that is discarded already
        self._half_halt = False

    def receive(self, chunk: bytes) -> Iterator[Union[Frame, Halt]]:
        for byte in chunk:
            if byte == HALT_BYTE and self._half_halt:
                self._half_halt = False
                self._drop()
                yield Halt()
                continue
            if self._half_halt:
                self._place(HALT_BYTE)
            self._half_halt = byte == HALT_BYTE
            if byte == NEWLINE and self._held:
                frame = decode(bytes(self._held))
                if frame is None:
                    self._drop()
                self._held.clear()
                if frame is not None:
                    yield frame
            elif byte not in (NEWLINE, HALT_BYTE):
                self._place(byte)

    def _place(self, byte: int) -> None:
        if byte == DOLLAR or len(self._held) == LONGEST_FRAME_BYTES - 1:
            self._drop()
        if byte == DOLLAR or self._held:
            self._held.append(byte)
        else:
            self.discarded += 1

    def _drop(self) -> None:
        self.discarded += len(self._held)
        self._held.clear()


# ---- Part 2: what a rig does. Sections 3 to 10 of PROTOCOL.md ------------------------------------------------------


class Motor(Protocol):
    """What part 3 has to be."""

    settle_ticks: int

    def step(self, direction: int) -> None:
        """One motor step, 1 forward or -1 back, now."""

    def encoder(self) -> int:
        """Where the rotor is, in motor steps. Without an encoder: where it should be; no step counts as lost then."""

    def release(self) -> None:
        """Coils off, now. The next step switches them on again."""

    def cell_mV(self) -> int:
        """Voltage of the cell, 0 to 65535; 0 where there is none."""


@dataclass
class Segment:
    first: int
    phase: int
    count: int
    quotient: int
    remainder: int
    divisor: int
    direction: int
    done: int = 0

    def tick(self, step: int) -> int:
        """Tick of a step, counted from 0: the exact instant, rounded up on its own."""
        return self.first - (self.phase - step * (self.quotient * self.divisor + self.remainder)) // self.divisor

    def last(self) -> int:
        return self.tick(self.count - 1)

    def before(self, tick: int) -> int:
        """How many of its steps come before a tick."""
        if tick <= self.first:
            return 0
        passed = (tick - 1 - self.first) * self.divisor + self.phase
        return min(self.count, passed // (self.quotient * self.divisor + self.remainder) + 1)

    def dead_man_ticks(self) -> int:
        return max(DEAD_MAN_TICKS, 2 * (self.quotient + 1))


@dataclass
class Unsettled:
    """A step whose rotor is still on its way."""

    tick: int
    aim: int
    report: bool


class TooLate(Exception):
    """A step could not be made when it was due, so nothing that is said of its tick would be true."""


class Rig:
    """All of a rig but its wire and its motor. Every call says what tick it is, and that never goes back."""

    def __init__(self, motor: Motor, memory: Memory, send: Callable[[bytes], None], latest_ticks: int) -> None:
        self._motor, self._memory, self._send, self._latest_ticks = motor, memory, send, latest_ticks
        self._boot = zlib.crc32(memory.starts.to_bytes(4, "little") + memory.identity.encode().ljust(16, b"\0"))
        self._build = zlib.crc32(Path(__file__).read_bytes())
        self._receiver = Receiver()
        self._sessions, self._nonce, self._token, self._identity = 0, -1, 0, ""
        self._expected, self._replies = 0, dict[int, bytes]()
        self._told, self._heard = 0, 0
        self._queue = deque[Segment]()
        self._unsettled: Optional[Unsettled] = None
        self._forward, self._reverse, self._lost = 0, 0, 0
        self._latch, self._latched, self._halts = "", 0, 0

    def started(self) -> None:
        """Says once that the rig has started."""
        self._send(b"\n")
        self._tell("BOOT", f"{self._boot:08X}", "POWER")

    def receive(self, chunk: bytes, now: int) -> None:
        for item in self._receiver.receive(chunk):
            if isinstance(item, Halt):
                self._stop("HALT", now)
            else:
                self._execute(item, now)

    def next_due(self) -> Optional[int]:
        """The tick at which `advance` has something to do."""
        return min((due for due in (self._step_due(), self._settled_due()) if due is not None), default=None)

    def advance(self, now: int) -> None:
        """Does everything that is due by now, in order."""
        while (due := self.next_due()) is not None and due <= now:
            if due == self._settled_due():
                self._settle(due)
            else:
                if now - due > self._latest_ticks:
                    raise TooLate(f"a step was due {(now - due) * 0.064:.0f} ms ago; is this machine too busy?")
                self._step(due)

    # -- motion

    def _step_due(self) -> Optional[int]:
        return self._queue[0].tick(self._queue[0].done) if self._queue else None

    def _settled_due(self) -> Optional[int]:
        """When the rotor has settled, or the tick before the next step: a TEL tells of it before that one counts."""
        if self._unsettled is None:
            return None
        settled, following = self._unsettled.tick + self._motor.settle_ticks, self._step_due()
        return settled if following is None else min(settled, following - 1)

    def _step(self, due: int) -> None:
        segment = self._queue[0]
        if due - self._heard >= segment.dead_man_ticks():
            self._stop("DEADMAN", due)
            return
        aim = self._motor.encoder() + segment.direction
        self._motor.step(segment.direction)
        if segment.direction == 1:
            self._forward += 1
        else:
            self._reverse += 1
        segment.done += 1
        last = segment.done == segment.count
        if last:
            self._queue.popleft()
        self._unsettled = Unsettled(due, aim, last or segment.done % REPORT_STEPS == 0)

    def _settle(self, tick: int) -> None:
        step, self._unsettled = self._unsettled, None
        assert step is not None
        followed = self._motor.encoder() == step.aim
        self._lost += not followed
        if step.report or not followed:
            self._tell_counters(tick)

    def _stop(self, cause: str, now: int) -> None:
        """The latch of HALT and dead-man."""
        self._motor.release()
        self._queue.clear()
        self._latch, self._latched, self._halts = cause, now, (self._halts + 1) & U16
        self._tell_latch()

    # -- what the rig says by itself

    def _state(self) -> str:
        return self._latch or ("RUN" if self._queue else "IDLE")

    def _tell(self, type_: str, *values: Value) -> None:
        self._send(encode(self._told, type_, *values))
        self._told = (self._told + 1) & 0xFF

    def _tell_latch(self) -> None:
        self._tell("HALTED", self._halts, self._latch, self._latched & U32)

    def _tell_counters(self, tick: int) -> None:
        steps = (self._forward & U32, self._reverse & U32, self._lost & U32, signed(self._motor.encoder()))
        line = (self._receiver.discarded & U32, 0)
        motor = (len(self._queue), self._state(), self._motor.cell_mV())
        self._tell("TEL", self._token, tick & U32, *steps, *motor, *line)

    # -- sessions and commands

    def _execute(self, frame: Frame, now: int) -> None:
        sequence, type_, (first, *values) = frame
        if type_ == "HELLO":
            self.advance(now)
            self._hello(int(first), now)
        elif first == self._token:
            self._heard = now
            self.advance(now)
            if type_ != "BEAT":
                self._command(sequence, type_, values, now)

    def _hello(self, nonce: int, now: int) -> None:
        begins = nonce != self._nonce
        if begins:
            self._queue.clear()
            self._sessions += 1
            seed = b"".join((number & U32).to_bytes(4, "little") for number in (self._boot, self._sessions, nonce))
            self._nonce, self._token, self._identity = nonce, zlib.crc32(seed) or 1, self._memory.identity
            self._expected, self._told, self._heard = 0, 0, now
            self._replies.clear()
        session = (nonce, VERSION, SCHEMA, f"{self._boot:08X}", self._token, WINDOW)
        rig = (self._identity, f"{self._build:08X}", CLOCK_HZ)
        self._send(encode(0, "WELCOME", *session, *rig, now & U32, self._halts, self._state()))
        if begins:
            self._tell_counters(now)

    def _command(self, sequence: int, type_: str, values: list[Value], now: int) -> None:
        if sequence != self._expected:
            self._send(self._replies.get(sequence, b""))
            return
        refused = self._carry_out(type_, values, now)
        answer = ("NAK", self._token, now & U32, refused) if refused else ("ACK", self._token, now & U32)
        reply = encode(sequence, *answer)
        self._replies[sequence] = reply
        self._replies.pop((sequence - WINDOW) & 0xFF, None)
        self._expected = (sequence + 1) & 0xFF
        self._send(reply)
        if type_ == "STAT":
            self._tell_counters(now)
        if refused == "COUNT" and self._latch:
            self._tell_latch()

    def _carry_out(self, type_: str, values: list[Value], now: int) -> str:
        """Does what a command says; answers with the reason if it is refused, else with nothing."""
        if type_ == "SEG":
            first, phase, count, quotient, remainder, divisor = map(int, values[:6])
            first, direction = now + signed(first - now), 1 if values[6] == "F" else -1
            return self._take(Segment(first, phase, count, quotient, remainder, divisor, direction), now)
        if type_ == "CANCEL":
            self._cancel(now + signed(int(values[0]) - now), now)
        elif type_ == "CLEAR":
            if values[0] != self._halts:
                return "COUNT"
            self._latch = ""
        elif type_ == "NAME":
            self._memory.keep(str(values[0]))
        return {"VOID": "VOID", "SENSE": "ABSENT", "FETCH": "ABSENT"}.get(type_, "")

    def _take(self, segment: Segment, now: int) -> str:
        if self._latch:
            return "HALTED"
        if segment.quotient < SHORTEST_INTERVAL_TICKS or max(segment.phase, segment.remainder) >= segment.divisor:
            return "RANGE"
        if (segment.count - 1) * (segment.quotient + 1) > SPAN_TICKS:
            return "RANGE"
        if not 1 <= segment.first - now < AHEAD_TICKS:
            return "LATE"
        if self._queue and segment.first <= self._queue[-1].last():
            return "ORDER"
        if len(self._queue) == QUEUE:
            return "FULL"
        self._queue.append(segment)
        return ""

    def _cancel(self, from_: int, now: int) -> None:
        for segment in self._queue:
            segment.count = segment.before(from_) if from_ > now else segment.done
        while self._queue and self._queue[-1].count <= self._queue[-1].done:
            self._queue.pop()


def signed(number: int) -> int:
    """The low 32 bits as a signed number."""
    return ((number + 2**31) & U32) - 2**31


class Memory:
    """What outlasts the rig: how often it has started, and what it is called. A small file, always replaced as a whole.

    Without a file the starts begin at a number drawn by chance, so that the boot id is new all the same.
    """

    def __init__(self, path: Optional[Path]) -> None:
        self._path, self.starts, self.identity = path, secrets.randbits(32), "UNNAMED"
        if path is not None:
            self.starts = 0
            if path.exists():
                kept = re.fullmatch(r"(\d+) ([A-Za-z0-9._-]{1,16})\n", path.read_text("latin-1"), re.ASCII)
                if kept is None:
                    raise ValueError(f"{path} is not the memory of a rig; give another file to --memory")
                self.starts, self.identity = int(kept[1]), kept[2]
        self.starts = (self.starts + 1) & U32
        self.keep(self.identity)

    def keep(self, identity: str) -> None:
        self.identity = identity
        if self._path is not None:
            new = self._path.with_name(self._path.name + ".new")
            new.write_text(f"{self.starts} {identity}\n", "ascii")
            os.replace(new, self._path)


# ---- Part 3: the motor. This part becomes yours ----------------------------------------------------------------------


class SimulatedMotor:
    """A motor whose rotor follows at once, but for every so many-th step, which it loses."""

    settle_ticks = 156  # 10 ms

    def __init__(self, lose_every: int) -> None:
        self._lose_every, self._steps, self._rotor = lose_every, 0, 0

    def step(self, direction: int) -> None:
        self._steps += 1
        if self._lose_every == 0 or self._steps % self._lose_every != 0:
            self._rotor += direction

    def encoder(self) -> int:
        return self._rotor

    def release(self) -> None:
        pass  # a simulated coil draws nothing

    def cell_mV(self) -> int:
        return 0


# ---- Part 4: a socket, one client at a time --------------------------------------------------------------------------

MOST_UNSENT_BYTES = 65_536


class Wire:
    """The client, if there is one. What it does not read is gone in the end; the numbers of telemetry tell."""

    def __init__(self) -> None:
        self.client: Optional[socket.socket] = None
        self.unsent = bytearray()

    def send(self, frame: bytes) -> None:
        if self.client is not None and len(self.unsent) + len(frame) <= MOST_UNSENT_BYTES:
            self.unsent += frame

    def accept(self, listener: socket.socket) -> None:
        """A rig has one wire: whoever comes second is told so."""
        with suppress(OSError):  # of one that is gone already
            newcomer, _ = listener.accept()
            newcomer.setblocking(False)
            if self.client is not None:
                with newcomer:
                    newcomer.send(b"the rig is in use\n")
            else:
                newcomer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.client = newcomer

    def read(self) -> bytes:
        try:
            chunk = b"" if self.client is None else self.client.recv(4096)
            if chunk == b"":
                self.let_go()
            return chunk
        except BlockingIOError:
            return b""
        except OSError:
            self.let_go()
            return b""

    def flush(self) -> None:
        try:
            if self.client is not None and self.unsent:
                del self.unsent[: self.client.send(self.unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self.let_go()

    def let_go(self) -> None:
        if self.client is not None:
            self.client.close()
        self.client = None
        self.unsent.clear()


def serve(listener: socket.socket, motor: Motor, memory: Memory, latest_ticks: int) -> None:
    """Until Ctrl-C. The rig goes on with what it holds while nobody is connected."""
    listener.setblocking(False)
    started_ns = time.monotonic_ns()

    def tick() -> int:
        return (time.monotonic_ns() - started_ns) * TICKS_PER_S // 10**9

    wire, greeted = Wire(), False
    rig = Rig(motor, memory, wire.send, latest_ticks)
    while True:
        due = rig.next_due()
        wait_s = None if due is None else max(0, due - tick()) / TICKS_PER_S
        connected = [] if wire.client is None else [wire.client]
        readable, _, _ = select.select([listener, *connected], connected if wire.unsent else [], [], wait_s)
        if wire.client in readable:
            rig.receive(wire.read(), tick())
        rig.advance(tick())
        if listener in readable:
            wire.accept(listener)
        if wire.client is not None and not greeted:
            greeted = True
            rig.started()
        wire.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description="A rig for pumpbench with a simulated motor.")
    add = parser.add_argument
    add("--tcp", type=int, default=7778, metavar="PORT", help="port, 0 for a free one; 7778 unless said")
    add("--lose-every", type=int, default=0, metavar="N", help="lose every N-th step; none unless said")
    add("--latest-ms", type=float, default=250, metavar="MS", help="end when a step is later than this; 250 unless said")
    add("--memory", type=Path, metavar="FILE", help="keep the name of the rig and the count of its starts here")
    options = parser.parse_args()
    motor = SimulatedMotor(options.lose_every)
    try:
        memory = Memory(options.memory)
        with socket.create_server(("127.0.0.1", options.tcp)) as listener:
            print(f"serving tcp:127.0.0.1:{listener.getsockname()[1]}", flush=True)
            serve(listener, motor, memory, int(options.latest_ms / 0.064))
    except KeyboardInterrupt:
        pass
    except (TooLate, OSError, ValueError) as problem:
        sys.exit(f"own_rig.py: {problem}")
    finally:
        motor.release()


if __name__ == "__main__":
    main()
