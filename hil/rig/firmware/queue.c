/* The queue itself; sixteen segments are 25 s of the shortest useful ones and months of a basal rate. */
#include "queue.h"

struct queue queue;
