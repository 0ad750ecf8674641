/* The ring itself: 22 ms of a full line, longer than the longest frame takes to send. */
#include "received.h"

struct received received;
