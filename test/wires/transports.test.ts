/** What every transport has to do, whatever carries its bytes. */
import { readdirSync } from 'node:fs'
import { firstValueFrom, type Subscription, take, timeout, toArray } from 'rxjs'
import { afterEach, describe, expect, it } from 'vitest'
import { MemoryCable } from '#hil/rig/memory/cable'
import { RigError } from '#hil/rig/rig'
import { serialTransport } from '#hil/rig/serial/port'
import type { Connection, Transport } from '#hil/rig/serial/transport'
import { tcpTransport } from '#hil/rig/tcp/client'
import { HAS_SOCAT, PtyPair } from './pty-pair.ts'
import { serve } from './socket-peer.ts'

/** Two ends that are joined, and what can befall what joins them. */
interface Joined {
  readonly host: Transport
  /** The other end once the host has opened its own. */
  readonly far: () => Promise<Connection>
  readonly cut: () => void
  readonly done: () => Promise<void>
}

const WAYS: Readonly<Record<string, () => Promise<Joined>>> = {
  memory: () => {
    const cable = new MemoryCable()
    const done = () => Promise.resolve()
    return Promise.resolve({ host: cable.host, far: () => cable.rig.open(), cut: () => cable.unplug(), done })
  },
  tcp: async () => {
    const arrived: Connection[] = []
    const server = await serve((connection) => arrived.push(connection))
    const far = async () => {
      while (arrived.length === 0) await pause()
      return arrived.shift()!
    }
    return { host: tcpTransport(server), far, cut: () => void server.close(), done: () => server.close() }
  },
  ...(HAS_SOCAT
    ? {
        'serial port (needs socat)': async () => {
          const pair = await PtyPair.open()
          const [host, rig] = [serialTransport(pair.host), serialTransport(pair.rig)]
          return { host, far: () => rig.open(), cut: () => pair.kill(), done: () => Promise.resolve(pair.close()) }
        },
      }
    : {}),
}

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe.each(Object.entries(WAYS))('a %s', (_, join) => {
  async function joined(): Promise<Joined & { readonly near: Connection; readonly other: Connection }> {
    const ends = await join()
    cleanups.push(ends.done)
    const near = await ends.host.open()
    const other = await ends.far()
    cleanups.push(
      () => near.close(),
      () => other.close(),
    )
    return { ...ends, near, other }
  }

  it('carries bytes of every value both ways, as lines, however they were cut', async () => {
    const { near, other } = await joined()
    const all = Uint8Array.from({ length: 256 }, (_, value) => value)
    const heard = firstValueFrom(other.received.pipe(take(2), timeout(5000), toArray()))
    for (const byte of all) near.write(Uint8Array.of(byte))
    near.write(Uint8Array.of(0x0a))
    expect(Buffer.concat(await heard)).toEqual(Buffer.from([...all, 0x0a]))
    const back = lines(near, 1)
    other.write(Buffer.from('$back*\n'))
    expect(await back).toEqual(['$back*\n'])
  })

  it('keeps what came before anybody asked for it', async () => {
    const { near, other } = await joined()
    other.write(Buffer.from('one\ntwo\n'))
    await pause(50)
    expect(await lines(near, 2)).toEqual(['one\n', 'two\n'])
  })

  it('holds only the beginning of a line without an end, and the lines after it whole', async () => {
    const { near, other } = await joined()
    const heard = lines(near, 2)
    for (let part = 0; part < 64; part += 1) other.write(Buffer.alloc(1024, 'x'))
    other.write(Buffer.from('\nwhole\n'))
    expect((await heard).map((line) => line.length)).toEqual([2049, 6])
  })

  it('that is cut says so once, to whoever asks and whenever, and takes writes without a word', async () => {
    const { near, other, cut } = await joined()
    const told: string[] = []
    near.lost.subscribe((reason) => told.push(reason))
    listen(near)
    listen(other)
    cut()
    await firstValueFrom(near.lost.pipe(timeout(5000)))
    near.write(Buffer.from('too late\n'))
    await near.close()
    await near.close()
    expect(told).toHaveLength(1)
    expect(await firstValueFrom(near.lost)).toBe(told[0])
  })

  it('that is closed from here is not lost, and can be opened again with nothing left of before', async () => {
    const { near, other, host, far } = await joined()
    const told: string[] = []
    near.lost.subscribe((reason) => told.push(reason))
    listen(near)
    other.write(Buffer.from('half a li'))
    await pause(50)
    await Promise.all([near.close(), near.close()])
    await other.close()
    const again = await host.open()
    cleanups.push(() => again.close())
    const otherAgain = await far()
    cleanups.push(() => otherAgain.close())
    otherAgain.write(Buffer.from('ne of its own\n'))
    expect(await lines(again, 1)).toEqual(['ne of its own\n'])
    expect(told).toEqual([])
  })

  it('that is cut in the middle of a write is lost once and without an error that nobody hears', async () => {
    const { near, cut } = await joined()
    const told: string[] = []
    near.lost.subscribe((reason) => told.push(reason))
    listen(near)
    // More than any buffer on the way holds, so that a write is under way for certain.
    for (let part = 0; part < 40; part += 1) near.write(Buffer.alloc(64_000, 'x'))
    await pause(20)
    cut()
    await firstValueFrom(near.lost.pipe(timeout(5000)))
    await near.close()
    expect(told).toHaveLength(1)
  })

  it.skipIf(process.platform !== 'linux')('leaves no file open however often it was opened', async () => {
    const ends = await join()
    cleanups.push(ends.done)
    const once = async () => {
      const near = await ends.host.open()
      const other = await ends.far()
      listen(near)
      other.write(Buffer.from('a line\n'))
      await near.close()
      await other.close()
    }
    await once()
    const open = () => readdirSync('/proc/self/fd').length
    const before = open()
    for (let times = 0; times < 20; times += 1) await once()
    await pause(50)
    expect(open()).toBeLessThanOrEqual(before + 1)
  })

  it('has written everything before it is closed', async () => {
    const { near, other } = await joined()
    const heard = lines(other, 200)
    for (let line = 0; line < 200; line += 1) near.write(Buffer.from(`line ${line}\n`))
    await near.close()
    expect((await heard).at(-1)).toBe('line 199\n')
  })
})

describe('a transport that cannot be opened says why, and what to do', () => {
  async function refusal(transport: Transport): Promise<string> {
    const error: unknown = await transport.open().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(RigError)
    return String(error)
  }

  it.each([
    ['a port that is not there', () => serialTransport('/dev/no-such-port'), /cannot be opened.*is it plugged in\?/],
    ['a port of Windows with two digits', () => serialTransport('COM10'), /serial:COM10 cannot be opened/],
    ['a file that is no port', () => serialTransport('/etc/passwd'), /no serial port/],
    ['a port of a host where nothing listens', () => tcpTransport({ host: '127.0.0.1', port: 1 }), /nothing listens/],
  ])('%s', async (_, transport, message) => {
    expect(await refusal(transport())).toMatch(message)
  })

  it('one whose cable somebody else has', async () => {
    const cable = new MemoryCable()
    const held = await cable.host.open()
    expect(await refusal(cable.host)).toContain('another program has it open')
    await held.close()
    await (await cable.host.open()).close()
  })

  it.skipIf(!HAS_SOCAT)('a serial port that somebody else has (needs socat)', async () => {
    const pair = await PtyPair.open()
    cleanups.push(() => Promise.resolve(pair.close()))
    const held = await serialTransport(pair.host).open()
    cleanups.push(() => held.close())
    expect(await refusal(serialTransport(pair.host))).toContain('another program has it open')
  })
})

function lines(connection: Connection, count: number): Promise<string[]> {
  return firstValueFrom(connection.received.pipe(take(count), timeout(5000), toArray())).then((chunks) =>
    chunks.map((chunk) => Buffer.from(chunk).toString('latin1')),
  )
}

function listen(connection: Connection): Subscription {
  return connection.received.subscribe()
}

function pause(time_ms = 5): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time_ms))
}
