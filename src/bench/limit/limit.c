/*
 * The work that a run cannot avoid, and nothing else: no model decides here what happens next.
 *
 * Per loop: `draws` random numbers, each from a stream of its own (sfc32) through a quantile table of 1024 entries,
 * `stages` additions to a ledger, and one histogram update. The numbers are those that the engine needs for one loop
 * of the scenario it is compared with.
 *
 * Usage: limit LOOPS STAGES DRAWS; prints the nanoseconds of CPU time of one loop, and a sum that keeps the work.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_STAGES = 1024, ENTRIES = 1024, BINS = 65536, AGES = 2, PATTERN = 8192 };

struct stream {
  uint32_t a, b, c, counter;
};

static struct stream streams[MAX_STAGES];
static uint32_t tables[MAX_STAGES][AGES][ENTRIES];
static double ledger[MAX_STAGES];
static double histogram[BINS];
static uint8_t ages[PATTERN];

static uint32_t next(struct stream *s) {
  const uint32_t sum = s->a + s->b + s->counter++;
  s->a = s->b ^ (s->b >> 9);
  s->b = s->c + (s->c << 3);
  s->c = ((s->c << 21) | (s->c >> 11)) + sum;
  return sum;
}

static void prepare(void) {
  for (uint32_t stage = 0; stage < MAX_STAGES; stage++) {
    streams[stage] = (struct stream){stage * 77u, stage * 991u, stage * 3u, 1u};
    for (uint32_t age = 0; age < AGES; age++)
      for (uint32_t entry = 0; entry < ENTRIES; entry++) tables[stage][age][entry] = 180u * (entry * (age + 1u) / 256u);
  }
  for (uint32_t index = 0; index < PATTERN; index++) ages[index] = next(&streams[0]) >> 28 == 0;
}

int main(int argc, char **argv) {
  if (argc != 4) return 1;
  const long loops = atol(argv[1]);
  const int stages = atoi(argv[2]);
  const int draws = atoi(argv[3]);
  if (loops < 1 || draws < 0 || stages < draws || stages > MAX_STAGES) return 1;
  prepare();
  struct timespec begin, end;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
  uint64_t sum = 0;
  for (long loop = 0; loop < loops; loop++) {
    const int age = ages[loop % PATTERN];
    uint32_t latency = 0;
    for (int stage = 0; stage < draws; stage++) {
      const uint32_t cycles = 100u + tables[stage][age][next(&streams[stage]) >> 22];
      ledger[stage] += cycles;
      latency += cycles;
    }
    for (int stage = draws; stage < stages; stage++) ledger[stage] += 100;
    histogram[latency / 23 % BINS]++;
    sum += latency;
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  for (int stage = 0; stage < stages; stage++) sum += (uint64_t)ledger[stage];
  for (int bin = 0; bin < BINS; bin++) sum += (uint64_t)histogram[bin];
  const double ns = (double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec);
  printf("%.3f %" PRIu64 "\n", ns / (double)loops, sum);
  return 0;
}
