/** A machine as its kernel shows it, in a folder: ports, the boards behind them, and processes with open files. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Board {
  readonly idVendor: string
  readonly idProduct: string
  readonly serial?: string
  readonly manufacturer?: string
  readonly product?: string
}

export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'pumpbench-machine-'))
  #boards = 0

  write(path: string, text: string): void {
    const file = join(this.root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  link(path: string, target: string): void {
    const file = join(this.root, path)
    mkdirSync(dirname(file), { recursive: true })
    symlinkSync(target, file)
  }

  /** A board on USB: an interface below the device, and the terminal below that, as the kernel has it. */
  plug(name: string, board: Board): void {
    this.#boards += 1
    const device = `sys/devices/pci0000:00/usb1/1-${this.#boards}`
    for (const [key, value] of Object.entries(board)) this.write(`${device}/${key}`, `${value}\n`)
    const folder = `${device}/1-${this.#boards}:1.0/tty/${name}`
    this.write(`${folder}/uevent`, '')
    this.write(`dev/${name}`, '')
    this.link(`${folder}/device`, '../..')
    this.link(`sys/class/tty/${name}`, `../../../${folder}`)
  }

  /** A terminal of the machine itself; type 0 is a UART that is not there. */
  uart(name: string, type: string): void {
    this.write(`sys/devices/platform/${name}/device-of/uevent`, '')
    this.write(`sys/class/tty/${name}/type`, `${type}\n`)
    this.link(`sys/class/tty/${name}/device`, '../../../devices/platform')
    this.write(`dev/${name}`, '')
  }

  process(pid: number, program: string, files: readonly string[]): void {
    this.write(`proc/${pid}/comm`, `${program}\n`)
    mkdirSync(join(this.root, `proc/${pid}/fd`), { recursive: true })
    for (const [fd, file] of files.entries()) this.link(`proc/${pid}/fd/${fd}`, file)
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}
