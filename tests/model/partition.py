#!/usr/bin/env python3
"""partition - replicas of a plant that hear of it late, twice, out of order or not at all, and of each other now and then

    partition.py --schedules N --seed S FOLDER COMMAND...

COMMAND FILE FILE prints the merged state of two files of records: it is all that a replica can do. The schedules are played in groups;
a group has its own number of replicas and its own meetings, each twin in it its own plant, sensors, clocks and deliveries. Every record
reaches some replica; at the end all have met, and all must have the same bytes. What differs is shown; the last line counts:
`4000 schedules, 0 diverge`. Nothing here knows any rule of the fold.
"""
import argparse
import os
import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone

GROUP = 40  # schedules
ROUNDS = 4
START = datetime(2026, 3, 1, tzinfo=timezone.utc)


class Plant:
    """One twin: what it says in a few minutes, by clocks that are not right, and what is wanted of it."""

    def __init__(self, entity, chance):
        self.entity, self.chance = entity, chance
        # A minute fast, exact, or some seconds slow: all of them whole seconds, so that times meet.
        self.clocks = {sensor: chance.choice([-3, 0, 0, 1, 60]) for sensor in ("a", "b", "plc")}
        self.level, self.seq = 20, 0

    def time(self, second, sensor):
        return (START + timedelta(seconds=second + self.clocks[sensor])).strftime("%Y-%m-%dT%H:%M:%SZ")

    def records(self):
        out = []
        for second in sorted(self.chance.choices(range(12), k=self.chance.randint(4, 14))):
            out.append(self.record(second))
            # Another one in the same second, of which one has to go before the other.
            if self.chance.random() < 0.4:
                out.append(self.record(second))
        return out

    def record(self, second):
        kinds = [self.reading, self.reading, self.reading, self.desired, self.gone, self.removed, self.document]
        return self.chance.choice(kinds)(second)

    def head(self, second, sensor):
        return f'"entity_id":"{self.entity}","timestamp":"{self.time(second, sensor)}","sensor_id":"{sensor}"'

    def reading(self, second):
        sensor = self.chance.choice("ab")
        self.level += self.chance.choice([-1, 0, 0, 0.5])
        self.seq += self.chance.choice([0, 1])
        quality = self.chance.choice(["", "", ',"quality":0.9', ',"quality":0.3'])
        return "{" + self.head(second, sensor) + f',"property":"{self.path()}","value":{self.level},"seq":{self.seq}{quality}' + "}"

    def path(self):
        return self.chance.choice(["level", "level", "pump/speed", "pump"])

    def desired(self, second):
        wish = self.chance.choice(["null", "30", "{}", '"auto"'])
        return "{" + '"type":"desired",' + self.head(second, "plc") + ',"properties":{"level":' + wish + "}}"

    def gone(self, second):
        return "{" + '"type":"deleted",' + self.head(second, "plc") + f',"property":"{self.path()}"' + "}"

    def removed(self, second):
        if self.chance.random() < 0.6:
            return self.reading(second)
        return "{" + '"type":"deleted",' + self.head(second, "plc") + "}"

    def document(self, second):
        return "{" + self.head(second, "a") + ',"property":"pump","value":{"speed":' + str(self.chance.randint(0, 2)) + "}}"


class Group:
    def __init__(self, number, options, count):
        self.chance = random.Random(f"{options.seed}/{number}")
        self.command, self.folder = options.command, options.folder
        self.replicas = self.chance.randint(2, 5)
        self.inbox = [[[] for _ in range(ROUNDS)] for _ in range(self.replicas)]
        self.sent = []
        for i in range(count):
            for record in Plant(f"rig-{number}-{i}", self.chance).records():
                self.deliver(record)
        for replica in range(self.replicas):
            self.write(self.state(replica), "")

    def deliver(self, record):
        """To some replicas, to some of them twice, whenever."""
        self.sent.append(record)
        hearers = self.chance.sample(range(self.replicas), self.chance.randint(1, self.replicas))
        for replica in hearers + self.chance.sample(hearers, self.chance.randint(0, 1)):
            self.inbox[replica][self.chance.randrange(ROUNDS)].append(record)

    def state(self, replica):
        return os.path.join(self.folder, f"replica.{replica}")

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)

    def merge(self, a, b):
        return subprocess.run(self.command + [a, b], stdout=subprocess.PIPE, check=True).stdout.decode()

    def hear(self, replica, arrived):
        self.chance.shuffle(self.inbox[replica][arrived])
        news = os.path.join(self.folder, "news")
        self.write(news, "".join(record + "\n" for record in self.inbox[replica][arrived]))
        files = [self.state(replica), news]
        self.chance.shuffle(files)
        self.write(self.state(replica), self.merge(*files))

    def meet(self, a, b, both=True):
        merged = self.merge(self.state(a), self.state(b))
        self.write(self.state(a), merged)
        # The answer may get lost.
        if both:
            self.write(self.state(b), merged)

    def play(self):
        for arrived in range(ROUNDS):
            for replica in self.chance.sample(range(self.replicas), self.replicas):
                self.hear(replica, arrived)
                if self.chance.random() < 0.5:
                    self.meet(*self.chance.sample(range(self.replicas), 2), self.chance.random() < 0.7)
        # Everybody hears of everything: once along all of them, and once back.
        order = self.chance.sample(range(self.replicas), self.replicas)
        for a, b in list(zip(order, order[1:])) + list(zip(order[::-1], order[-2::-1])):
            self.meet(a, b) if self.chance.random() < 0.5 else self.meet(b, a)

    def lines(self, replica):
        """By twin."""
        found = {}
        with open(self.state(replica), encoding="utf-8") as lines:
            for line in lines:
                found.setdefault(line.split('"entity_id":"')[1].split('"')[0], []).append(line)
        return found

    def diverging(self):
        """The twins that are not everywhere what one fold of all records gives."""
        everything, nothing = os.path.join(self.folder, "all"), os.path.join(self.folder, "none")
        self.write(everything, "".join(record + "\n" for record in self.sent))
        self.write(nothing, "")
        self.write(self.state(self.replicas), self.merge(everything, nothing))
        views = [self.lines(replica) for replica in range(self.replicas + 1)]
        return [entity for entity in set().union(*views) if len({tuple(view.get(entity, [])) for view in views}) > 1], views


def show(entity, group, views):
    print(f"{entity} differs:")
    for replica, view in enumerate(views):
        print(" ", "all at once:" if replica == group.replicas else f"replica {replica}:", "".join(view.get(entity, ["nothing\n"])), end="")
    print("".join("  " + record + "\n" for record in group.sent if f'"{entity}"' in record), end="")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--schedules", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("folder")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    diverged = 0
    for first in range(0, options.schedules, GROUP):
        group = Group(first, options, min(GROUP, options.schedules - first))
        group.play()
        found, views = group.diverging()
        if found and not diverged:
            show(min(found), group, views)
        diverged += len(found)
    print(f"{options.schedules} schedules, {diverged} diverge")
    return 1 if diverged else 0


if __name__ == "__main__":
    sys.exit(main())
