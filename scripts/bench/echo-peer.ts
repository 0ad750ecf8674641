/**
 * What a rig costs that has nothing to do: it answers each line with as many bytes as a rig answers STAT with, when a line at
 * 115200 baud would have carried the question and the answer. Prints its port; ends with its standard input.
 */
import { createServer } from 'node:net'

const BYTE_us = 1360 / 16
const NEWLINE = 0x0a
/** Bytes of ACK and of TEL, newline included, as the rig writes them. */
const [ACK_bytes, TEL_bytes] = [Number(process.argv[2]), Number(process.argv[3])]

const server = createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  let line = 0
  socket.on('data', (bytes: Buffer) => {
    for (const byte of bytes) {
      line += 1
      if (byte !== NEWLINE) continue
      const asked_us = performance.now() * 1000
      const [length, until_us] = [line, asked_us + (line + ACK_bytes) * BYTE_us]
      line = 0
      if (length > 1) at(until_us, () => socket.write(`${'a'.repeat(ACK_bytes - 1)}\n`))
      if (length > 1) at(until_us + TEL_bytes * BYTE_us, () => socket.write(`${'t'.repeat(TEL_bytes - 1)}\n`))
    }
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' && address !== null ? address.port : 0)
})
process.stdin.on('end', () => process.exit(0)).resume()

/** As exactly as a process can: it does not sleep on it. */
function at(instant_us: number, work: () => void): void {
  if (performance.now() * 1000 >= instant_us) work()
  else setImmediate(() => at(instant_us, work))
}
