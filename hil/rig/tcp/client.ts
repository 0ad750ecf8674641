/** The transport `tcp:HOST:PORT`: anything that serves the bytes of a rig on a socket. */
import { connect } from 'node:net'
import { unlisted } from '#hil/rig/serial/binding'
import { overBinding } from '#hil/rig/serial/over-binding'
import type { Transport } from '#hil/rig/serial/transport'
import { socketPort } from '#hil/rig/tcp/socket-port'

export interface Address {
  readonly host: string
  readonly port: number
}

const CONNECTING_ms = 5000

export function tcpTransport({ host, port }: Address): Transport {
  const binding = unlisted(
    (options) =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port, timeout: CONNECTING_ms })
        socket.once('timeout', () => socket.destroy(new Error(`timed out after ${CONNECTING_ms / 1000} s`)))
        socket.once('error', reject)
        socket.once('connect', () => {
          socket.setTimeout(0)
          resolve(socketPort(socket, options))
        })
      }),
  )
  return overBinding(`tcp:${host.includes(':') ? `[${host}]` : host}:${port}`, binding, `${host}:${port}`)
}
