/**
 * A socket as a port: raw bytes, sent at once, with no more of them held than a bound.
 *
 * Nothing is negotiated, as raw serial servers (ser2net, QEMU, Renode without telnet) have it, and nothing is secured: the
 * wire has no authentication, so that a rig is served on this machine only unless somebody says otherwise.
 */
import type { Socket } from 'node:net'
import type { PortOptions } from '#hil/rig/serial/binding'
import { BytePort } from '#hil/rig/serial/byte-port'
import { ByteQueue } from '#hil/rig/serial/byte-queue'

/** Bytes beyond which a sender is held back; a second of a line at 115200 baud has 11,520. */
const MOST_WAITING = 262_144
const HIGH_WATER = MOST_WAITING / 4

export function socketPort(socket: Socket, options: PortOptions): BytePort {
  const queue = new ByteQueue(MOST_WAITING)
  socket.setNoDelay(true)
  socket.on('data', (chunk: Buffer) => {
    if (!queue.push(chunk)) socket.destroy(new Error('more came than can be held'))
    if (queue.waiting > HIGH_WATER) holdBack(socket, queue)
  })
  let failure: Error | undefined
  socket.on('error', (error) => {
    failure ??= error
  })
  socket.on('end', () => queue.end('the other end has closed the connection'))
  socket.on('close', () => queue.end(failure?.message ?? 'the connection was closed'))
  const write = (bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      socket.write(bytes, (error) => (error === null || error === undefined ? resolve() : reject(error)))
    })
  return new BytePort({ queue, write, close: () => closed(socket) }, options)
}

/** An end that says nothing to a good-bye is left after this. */
const GOOD_BYE_ms = 500

/** Waits for the other end to have let go as well: one that serves a single client would turn the next one away until then. */
async function closed(socket: Socket): Promise<void> {
  if (socket.closed) return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => socket.destroy(), GOOD_BYE_ms)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.end()
    socket.resume()
  })
}

/** Reads no more from the socket until what waits has been taken. */
function holdBack(socket: Socket, queue: ByteQueue): void {
  socket.pause()
  const timer = setInterval(() => {
    if (queue.waiting > HIGH_WATER && !socket.destroyed) return
    clearInterval(timer)
    socket.resume()
  }, 5)
}
