/* What became of a command: a WIRE_REASON_ code when it was refused, or VERDICT_DONE. */
#ifndef PUMPBENCH_VERDICT_H
#define PUMPBENCH_VERDICT_H

#define VERDICT_DONE 0xFF

#endif
