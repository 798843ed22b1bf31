"""The chain of chain.ts in SimPy: argument and output are JSON."""
import json
import sys
import time

import simpy


def timer_process(env, chain, latencies):
    for _ in range(chain["loops"]):
        yield env.timeout(chain["arm"])
        deadline = env.now + chain["wait"]
        yield env.timeout(chain["wait"])
        for stage in chain["late"]:
            yield env.timeout(stage)
        latencies.append(env.now - deadline)


chain = json.loads(sys.argv[1])
latencies = []
env = simpy.Environment()
env.process(timer_process(env, chain, latencies))
begin = time.process_time()
env.run()
nanoseconds = (time.process_time() - begin) * 1e9
events = chain["loops"] * (2 + len(chain["late"]))
version = simpy.__version__
print(json.dumps({"version": version, "nsPerEvent": nanoseconds / events, "latency": sum(latencies)}))
