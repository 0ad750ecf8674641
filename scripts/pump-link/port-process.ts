/**
 * A process that carries what crosses a serial port: from the port to standard output, from standard input to the port.
 *
 * serialport waits for bytes on the loop of the first thread of its process, and that of the bench sleeps until the pump has
 * answered. So a port has a process of its own. It ends with its input, or with the reason on standard error when the port is lost.
 */
import { transportNamed } from '#scripts/wire-rigs'

const [name = ''] = process.argv.slice(2)

function fail(reason: string): void {
  process.stderr.write(`${reason}\n`, () => process.exit(1))
}

async function carry(): Promise<void> {
  const named = await transportNamed(name, '--pump')
  if (!named.ok) throw new Error(named.problem)
  const connection = await named.value.open()
  connection.lost.subscribe(fail)
  connection.received.subscribe((bytes) => void process.stdout.write(bytes))
  process.stdin.on('data', (bytes: Buffer) => connection.write(Uint8Array.from(bytes)))
  process.stdin.once('end', () => void connection.close().then(() => process.exit(0)))
}

// A bench that is gone reads no more.
process.stdout.on('error', () => process.exit(0))
carry().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)))
