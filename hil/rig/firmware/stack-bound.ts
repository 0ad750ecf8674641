/**
 * The most stack that the rig firmware can ever need, from its disassembly.
 *
 * A function needs what it pushes and lays out, and on top of that what the deepest function it calls needs with the
 * return address. The worst case is the deepest chain of calls from `main` with the deepest interrupt on top; interrupts
 * do not interrupt each other. It is a bound and not a measurement: the deepest chain may run with interrupts off.
 */

/** A return address, on a chip with less than 128 KB of flash. */
const RETURN_bytes = 2

interface Routine {
  readonly name: string
  readonly start: number
  /** What it pushes and lays out itself. */
  own_bytes: number
  /** Addresses it calls, and those it goes on to without coming back, taken as if it had popped nothing before. */
  readonly calls: Set<number>
  readonly continues: Set<number>
}

const HEADING = /^([0-9a-f]+) <(.+)>:$/
const INSTRUCTION = /^\s*[0-9a-f]+:\t(\S+)\t?([^;]*)(?:; 0x([0-9a-f]+))?/
/** Laying out a frame: the stack pointer in r28 and r29 less so many bytes, of which subi gives the low eight bits. */
const FRAME = /^r28, 0x([0-9A-Fa-f]+)/

const LEAVES = /^(ret|reti|jmp|rjmp)$/
/** Skips the next instruction or not. */
const SKIPS = /^(cpse|sbrc|sbrs|sbic|sbis)$/

/** The routines of an image in the order of their addresses. */
function routinesOf(disassembly: string): Routine[] {
  const routines: Routine[] = []
  let pointed = false
  let [last, secondLast] = ['ret', '']
  for (const line of disassembly.split('\n')) {
    const [, start, name] = HEADING.exec(line) ?? []
    if (start !== undefined && name !== undefined) {
      const address = Number.parseInt(start, 16)
      if (!LEAVES.test(last) || SKIPS.test(secondLast)) routines.at(-1)?.continues.add(address)
      routines.push({ name, start: address, own_bytes: 0, calls: new Set(), continues: new Set() })
    }
    const routine = routines.at(-1)
    const [, code, operands = '', target] = INSTRUCTION.exec(line) ?? []
    if (routine === undefined || code === undefined) continue
    ;[last, secondLast] = [code, last]
    if (code === 'in' && operands.startsWith('r28, 0x3d')) pointed = true
    if (code === 'out') pointed = false
    if (pointed) takeFrame(routine, code, operands)
    takeInstruction(routine, code, operands, target === undefined ? undefined : Number.parseInt(target, 16))
  }
  return routines
}

function takeFrame(routine: Routine, code: string, operands: string): void {
  if (code === 'sbiw' || code === 'subi') routine.own_bytes += Number.parseInt(FRAME.exec(operands)?.[1] ?? '0', 16)
  if (code === 'sbci' && !operands.startsWith('r29, 0x00'))
    throw new Error(`${routine.name} has a frame of over 255 bytes`)
}

function takeInstruction(routine: Routine, code: string, operands: string, target: number | undefined): void {
  if (code === 'icall' || code === 'ijmp') throw new Error(`${routine.name} calls what only it knows`)
  if (code === 'push') routine.own_bytes += 1
  else if (code === 'rcall' && operands.startsWith('.+0')) routine.own_bytes += RETURN_bytes
  else if (target === undefined) return
  else if (code === 'call' || code === 'rcall') routine.calls.add(target)
  else if (code === 'jmp' || code === 'rjmp' || code.startsWith('br')) routine.continues.add(target)
}

/** The bound for the image with this `avr-objdump -d --no-show-raw-insn`. */
export function stackBound_bytes(disassembly: string): number {
  const routines = routinesOf(disassembly)
  const depths = new Map<Routine, number>()
  const path: Routine[] = []

  function at(address: number): Routine {
    const routine = routines.findLast(({ start }) => start <= address)
    if (routine === undefined) throw new Error(`there is no routine at ${address}`)
    return routine
  }

  /** A routine with all that it may go on to: labels within it, what follows it, calls that are its last act. */
  function stretchOf(routine: Routine): Set<Routine> {
    const stretch = new Set([routine])
    for (const part of stretch) for (const address of part.continues) stretch.add(at(address))
    return stretch
  }

  function depthOf(routine: Routine): number {
    const known = depths.get(routine)
    if (known !== undefined) return known
    if (path.includes(routine)) throw new Error(`${path.map(({ name }) => name).join(' -> ')}: recursion has no bound`)
    path.push(routine)
    let [own, called] = [0, 0]
    for (const part of stretchOf(routine)) {
      own += part.own_bytes
      for (const address of part.calls) called = Math.max(called, RETURN_bytes + depthOf(at(address)))
    }
    path.pop()
    depths.set(routine, own + called)
    return own + called
  }

  const main = routines.find(({ name }) => name === 'main')
  const vectors = routines.filter(({ name }) => /^__vector_\d+$/.test(name))
  if (main === undefined || vectors.length === 0) throw new Error('this is no firmware with interrupts')
  return RETURN_bytes + depthOf(main) + RETURN_bytes + Math.max(...vectors.map(depthOf))
}
