/**
 * The journal of a campaign: what is done stays done when the process is killed.
 *
 * A text of one JSON value a line. The first one says of which campaign it is, by the facts that its outcomes follow from;
 * every other one is a job that is over, written at once and as a whole line. The line that a kill tore is thrown away,
 * and its job is done again. A journal is never continued with other facts: its outcomes would be those of something else.
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { makeFolder } from '#scripts/folders'

/** What the outcomes of a campaign follow from, each fact in words: versions, digests of inputs, options. */
export type Facts = Readonly<Record<string, string>>

const SCHEMA = 'pumpbench/journal@1'
const HEADER = z.strictObject({
  schema: z.literal(SCHEMA),
  campaign: z.string(),
  facts: z.record(z.string(), z.string()),
})
const LINE = z.strictObject({ key: z.string(), outcome: z.unknown() })

/** Longest line that is written or read. */
const LONGEST_LINE_bytes = 64 * 1024 * 1024
const CHUNK_bytes = 1024 * 1024
const NEWLINE = 0x0a

export interface JournalPlan<Outcome> {
  readonly path: string
  /** What the path was given by, for messages. */
  readonly option: string
  /** Which command keeps it. */
  readonly campaign: string
  readonly facts: Facts
  /** Gives an outcome back from what JSON made of it; undefined where it is none. */
  readonly read: (value: unknown) => Outcome | undefined
}

export type OpenedJournal<Outcome> =
  | { readonly ok: true; readonly journal: Journal<Outcome> }
  | { readonly ok: false; readonly problem: string }

/** Where a line lies in the file. */
interface Place {
  readonly start: number
  readonly length: number
}

/**
 * Opens the journal, or begins it where there is none. Refuses one of another campaign, one that another process writes,
 * and what is no journal; nothing of these is changed.
 */
export function openJournal<Outcome>(plan: JournalPlan<Outcome>): OpenedJournal<Outcome> {
  const refused = (problem: string): OpenedJournal<Outcome> => ({
    ok: false,
    problem: `${plan.option} ${plan.path}: ${problem}`,
  })
  let lock: string | null = null
  let handle: number | undefined
  try {
    makeFolder(dirname(resolve(plan.path)))
    const taken = lockOf(plan.path)
    if ('problem' in taken) return refused(taken.problem)
    lock = taken.lock
    handle = openSync(plan.path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK, 0o666)
    if (!fstatSync(handle).isFile()) throw new Error('not a regular file')
    const found = linesOf(handle, plan)
    if (typeof found === 'string') throw new Error(found)
    const journal = new FileJournal(handle, lock, found, plan.read)
    if (found.end === 0) journal.begin({ schema: SCHEMA, campaign: plan.campaign, facts: plan.facts })
    return { ok: true, journal }
  } catch (error) {
    if (handle !== undefined) closeSync(handle)
    if (lock !== null) rmSync(lock, { force: true })
    return refused(error instanceof Error ? error.message : String(error))
  }
}

/** What is done of a campaign. */
export interface Journal<Outcome> {
  /** How many jobs it held when it was opened. */
  readonly held: number
  /** The outcome of a job that is over; undefined where it is not. */
  readonly get: (key: string) => Outcome | undefined
  /** Keeps the outcome of a job. Throws what the file system says. */
  readonly add: (key: string, outcome: Outcome) => void
  readonly close: () => void
}

class FileJournal<Outcome> implements Journal<Outcome> {
  readonly held: number
  readonly #handle: number
  readonly #lock: string
  readonly #places: Map<string, Place>
  readonly #read: (value: unknown) => Outcome | undefined
  #end: number

  constructor(handle: number, lock: string, { places, end }: Lines, read: (value: unknown) => Outcome | undefined) {
    this.#handle = handle
    this.#lock = lock
    this.#places = places
    this.#read = read
    this.#end = end
    this.held = places.size
    // What a kill left of half a line.
    ftruncateSync(handle, end)
  }

  begin(header: z.infer<typeof HEADER>): void {
    this.#append(header)
  }

  get(key: string): Outcome | undefined {
    const place = this.#places.get(key)
    if (place === undefined) return undefined
    const bytes = Buffer.alloc(place.length)
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(this.#handle, bytes, done, bytes.length - done, place.start + done)
      if (count === 0) return undefined
      done += count
    }
    return this.#read(LINE.parse(JSON.parse(bytes.toString('utf8'))).outcome)
  }

  add(key: string, outcome: Outcome): void {
    this.#places.set(key, this.#append({ key, outcome }))
  }

  close(): void {
    closeSync(this.#handle)
    rmSync(this.#lock, { force: true })
  }

  #append(value: unknown): Place {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`)
    if (bytes.length > LONGEST_LINE_bytes)
      throw new RangeError(`a line of ${bytes.length} bytes is too long for a journal`)
    const place = { start: this.#end, length: bytes.length - 1 }
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#handle, bytes, done, bytes.length - done, this.#end + done)
    }
    this.#end += bytes.length
    return place
  }
}

interface Lines {
  readonly places: Map<string, Place>
  /** Where the last whole line ends. */
  readonly end: number
}

/** The whole lines of a file that fit the plan, or what is wrong with it. */
function linesOf<Outcome>(handle: number, { campaign, facts }: JournalPlan<Outcome>): Lines | string {
  const places = new Map<string, Place>()
  let end = 0
  let number = 0
  let torn: string | null = null
  for (const { start, bytes } of wholeLines(handle)) {
    number += 1
    // Only the last line may be half a one.
    if (torn !== null) return torn
    const value = jsonOf(bytes)
    if (number === 1) {
      const header = HEADER.safeParse(value)
      if (!header.success) return 'this is not the journal of a campaign; choose another file'
      const other = difference(header.data, campaign, facts)
      if (other !== null) return `this is the journal of another campaign (${other}); choose another file, or remove it`
    } else {
      const line = LINE.safeParse(value)
      if (!line.success) {
        torn = `line ${number} is not one of a journal; remove the file to begin anew`
        continue
      }
      places.set(line.data.key, { start, length: bytes.length })
    }
    end = start + bytes.length + 1
  }
  return { places, end }
}

function* wholeLines(handle: number): Generator<{ readonly start: number; readonly bytes: Buffer }> {
  let start = 0
  let rest = Buffer.alloc(0)
  const chunk = Buffer.alloc(CHUNK_bytes)
  for (let position = 0; ; ) {
    const count = readSync(handle, chunk, 0, CHUNK_bytes, position)
    if (count === 0) return
    position += count
    rest = Buffer.concat([rest, chunk.subarray(0, count)])
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      yield { start, bytes: rest.subarray(0, at) }
      rest = rest.subarray(at + 1)
      start += at + 1
    }
    if (rest.length > LONGEST_LINE_bytes) throw new Error('this is not the journal of a campaign; choose another file')
  }
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/** In what a journal is of something else, in words; null where it is not. */
function difference(header: z.infer<typeof HEADER>, campaign: string, facts: Facts): string | null {
  if (header.campaign !== campaign) return `of pumpbench ${header.campaign}`
  const names = [...new Set([...Object.keys(header.facts), ...Object.keys(facts)])]
  const other = names.find((name) => header.facts[name] !== facts[name])
  if (other === undefined) return null
  return `${other} was ${header.facts[other] ?? 'not given'}, and is ${facts[other] ?? 'not given'}`
}

/** Keeps a second process from writing the same journal; the lock of a process that is gone is none. */
function lockOf(path: string): { readonly lock: string } | { readonly problem: string } {
  const lock = `${path}.lock`
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const handle = openSync(lock, 'wx')
      writeSync(handle, `${process.pid}\n`)
      closeSync(handle)
      return { lock }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      const holder = Number(readFileSync(lock, 'utf8'))
      if (isAlive(holder)) return { problem: `process ${holder} is writing it (${lock})` }
      rmSync(lock, { force: true })
    }
  }
  return { problem: `other processes are about to write it (${lock})` }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
