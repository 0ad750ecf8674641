/** Pumps by the names that a command line gives them: ours, or one on a wire. */
import { randomInt } from 'node:crypto'
import type { PumpDefinition } from '#hil/pump/pump'
import { wirePump } from '#hil/pump/wire/remote'
import { isChipImage } from '#scripts/pump-link/chip-image'
import { ThreadedLink } from '#scripts/pump-link/threaded-link'
import { pumpWayOf } from '#scripts/pump-link/way'
import { type Named, pumpNamed } from '#scripts/registry'

const NONCES = 2 ** 32

/** The pump of that name, what is wrong with the name, or null where it is none of a wire. */
function wirePumpNamed(name: string, where = '--pump'): Named<PumpDefinition> | null {
  const way = pumpWayOf(name, where)
  if (way === null || !way.ok) return way
  return {
    ok: true,
    value: wirePump({
      name,
      connect: () => new ThreadedLink(way.value, shownLine),
      nonce: () => randomInt(NONCES),
      onLog: shownLine,
    }),
  }
}

/** The pump of that name, on a wire or ours, or what is wrong with the name. */
export function anyPumpNamed(name: string, where = '--pump'): Named<PumpDefinition> {
  const found = wirePumpNamed(name, where) ?? pumpNamed(name, where)
  if (found.ok || isOnWire(name)) return found
  return { ok: false, problem: `${found.problem}, exec:COMMAND, tcp:HOST:PORT, serial:PATH` }
}

/** What is wrong with so many jobs at a time with that pump; none where that can be. */
export function jobProblems({ name }: Pick<PumpDefinition, 'name'>, jobs = 1): readonly string[] {
  if (jobs === 1 || !(isOnWire(name) || isChipImage(name))) return []
  return [`--jobs ${jobs}: a pump on a wire runs one scenario at a time; leave it out`]
}

/** Shows a line of a pump to whoever runs it. */
export function shownLine(line: string): void {
  process.stderr.write(`pump: ${printable(line)}\n`)
}

/** Whether a pump of that name is one on a wire. */
export function isOnWire(name: string): boolean {
  return pumpWayOf(name) !== null
}

/** A line of a stranger, without what a terminal would take for a command. */
function printable(line: string): string {
  return line.replace(/[^\P{C}\t]/gu, '?')
}
