import type { JoinedWays } from './joined-ways.ts';
import { type EndTree, endsOf, fits, type Path, type PathTree, withEnds, withPath } from './path-tree.ts';

/**
 * Ways are added, the usual ones first, until this share of the turns goes one of them: code for what is left is as
 * slow as the program for everything, pushes the rest out of the CPU's caches, and takes V8 dozens of MiB.
 */
const ENOUGH_SHARE = 0.9;
/** A way that a smaller share goes is not worth code of its own. */
const OWN_SHARE = 0.05;
/** Ways that are made one all at once, if they can be. Measured: three to ten can, each takes 30 ms to try. */
const MOST_TOGETHER = 10;
/** What a smaller share goes is not worth a chain. */
const WORTHWHILE_SHARE = 0.5;

/** A way, and how many turns it stands for. */
export interface WeightedWay {
  readonly path: Path;
  readonly turns: number;
}

/** Ways, and what they have become. */
interface Joined {
  readonly ways: ReadonlySet<WeightedWay>;
  readonly tree: PathTree | null;
  readonly all: PathTree | null;
}

/** The ways that are worth chains; null if of so many recorded turns too few go ways that others go too. */
export function treeOf(ways: readonly WeightedWay[], recorded: number, joins: JoinedWays): PathTree | null {
  const usualFirst = [...ways].sort((one, other) => other.turns - one.turns);
  const { all } = withOthers(usualAsOne(usualFirst, joins), usualFirst, OWN_SHARE * recorded, joins);
  const usual = all === null ? null : usualWays(all, recorded);
  return usual === null || usual.turns < WORTHWHILE_SHARE * recorded ? null : usual;
}

/** As many of the usual ways as become one: two may do so only together with a third. */
function usualAsOne(usualFirst: readonly WeightedWay[], joins: JoinedWays): Joined {
  let most: Joined = { ways: new Set(), tree: null, all: null };
  let tried = most;
  for (const way of usualFirst.slice(0, MOST_TOGETHER)) {
    tried = withWay(tried, way, joins);
    if (endsOf(tried.all).length === 1) most = tried;
  }
  return most;
}

/** What fewer turns do is no way, unless it becomes part of another; nor is one that keeps others from becoming one. */
function withOthers(
  joined: Joined,
  others: readonly WeightedWay[],
  fewest: number,
  joins: JoinedWays,
): Joined {
  let most = joined;
  for (const way of others) {
    if (joined.ways.has(way)) continue;
    const more = withWay(most, way, joins);
    const added = endsOf(more.all).length - endsOf(most.all).length;
    if (added <= (way.turns < fewest ? 0 : 1)) most = more;
  }
  return most;
}

function withWay(joined: Joined, way: WeightedWay, joins: JoinedWays): Joined {
  const { ways, tree, all } = joined;
  const included = new Set([...ways, way]);
  if (tree !== null && !fits(tree, way.path)) return { ways: included, tree, all };
  const more = withPath(tree, way.path, way.turns);
  return { ways: included, tree: more, all: joins.of(more) };
}

function usualWays(tree: PathTree, recorded: number): PathTree | null {
  const ends = new Set<EndTree>();
  let turns = 0;
  for (const end of endsOf(tree).sort((one, other) => other.turns - one.turns)) {
    if (turns >= ENOUGH_SHARE * recorded) break;
    ends.add(end);
    turns += end.turns;
  }
  return withEnds(tree, ends);
}
