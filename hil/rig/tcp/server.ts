/**
 * The other end of `tcp:HOST:PORT`: serves whoever connects a connection of their own, one at a time.
 *
 * A rig has one wire. Whoever comes while somebody is connected is let go of at once, and hears why.
 */
import { createServer, type Socket } from 'node:net'
import { RigError } from '#hil/rig/rig'
import { unlisted } from '#hil/rig/serial/binding'
import { overBinding } from '#hil/rig/serial/over-binding'
import type { Connection } from '#hil/rig/serial/transport'
import type { Address } from '#hil/rig/tcp/client'
import { socketPort } from '#hil/rig/tcp/socket-port'

/** Nobody but this machine can reach it. */
const LOOPBACK = '127.0.0.1'
/** How long a silent other end may be away until the system asks whether it is still there. */
const KEEPALIVE_ms = 10_000

export interface TcpServer extends Address {
  /** Lets go of whoever is connected and stops to listen. */
  close(): Promise<void>
}

/** Listens at the port, or at a free one for 0. Throws {@link RigError} when it cannot. */
export async function serveTcp(
  { host = LOOPBACK, port }: { readonly host?: string; readonly port: number },
  serve: (connection: Connection) => void,
): Promise<TcpServer> {
  const connected = new Set<Socket>()
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    if (connected.size > 0) {
      socket.end('the rig is in use\n')
      return
    }
    const gone = () => connected.delete(socket)
    connected.add(socket)
    // Whoever has hung up is gone, even while something of theirs waits to be read.
    socket.setKeepAlive(true, KEEPALIVE_ms)
    socket.once('end', gone)
    socket.once('close', gone)
    accept(socket, gone).then(serve, () => socket.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new RigError(`port ${port} of ${host} cannot be served: ${cause.message}`)))
    server.listen({ host, port }, resolve)
  })
  const address = server.address()
  return {
    host,
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => {
      for (const socket of connected) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function accept(socket: Socket, closed: () => void): Promise<Connection> {
  const name = `${socket.remoteAddress}:${socket.remotePort}`
  const binding = unlisted((options) => Promise.resolve(socketPort(socket, options, closed)))
  return overBinding(name, binding, name).open()
}
