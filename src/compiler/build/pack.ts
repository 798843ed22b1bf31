import * as acorn from 'acorn';

/** The model's source in the form that the compiler reads at run time: parsed, since parsing takes long. */
export interface PackedModel {
  readonly modules: Readonly<Record<string, PackedModule>>;
  /**
   * Names of fields that something other than a constructor assigns. 'int32': only with values that are 32-bit
   * integers by the form of their expression.
   */
  readonly assigned: Readonly<Record<string, 'int32' | 'any'>>;
}

interface PackedModule {
  readonly classes: readonly string[];
  /** The statements of the module as JSON text, so that only those that are needed are read. */
  readonly tree: string;
}

/** Packs modules, given as path and JavaScript text. */
export function packModel(sources: Readonly<Record<string, string>>): PackedModel {
  const modules: Record<string, PackedModule> = {};
  const assignments = new Assignments();
  for (const [path, text] of Object.entries(sources)) {
    const { body } = acorn.parse(text, { ecmaVersion: 2022, sourceType: 'module' });
    assignments.visit(body);
    modules[path] = { classes: body.flatMap(classNames), tree: JSON.stringify(body.map(stripStatement)) };
  }
  return { modules, assigned: assignments.byName };
}

function classNames(statement: acorn.Program['body'][number]): string[] {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  return declaration?.type === 'ClassDeclaration' ? [declaration.id!.name] : [];
}

/** Positions are of use for the statements of a module only, whose variables come from running its text. */
function stripStatement(statement: acorn.Node): unknown {
  const { declaration } = statement as acorn.ExportNamedDeclaration;
  const { start, end } = statement;
  if (declaration != null)
    return { type: statement.type, declaration: stripStatement(declaration), start, end };
  if (statement.type !== 'VariableDeclaration') return { ...(strip(statement) as object), start, end };
  const { declarations } = statement as acorn.VariableDeclaration;
  return {
    type: statement.type,
    declarations: declarations.map(({ id }) => ({ id: strip(id) })),
    start,
    end,
  };
}

const DROPPED = new Set(['start', 'end', 'raw', 'sourceType', 'generator', 'directive']);

function strip(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strip);
  if (typeof node === 'bigint') return null;
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([key, value]) => !DROPPED.has(key) && value !== false);
  const withFalse =
    (node as acorn.Node).type === 'Literal' ? { value: literalOf(node as acorn.Literal) } : {};
  return { ...Object.fromEntries(kept.map(([key, value]) => [key, strip(value)])), ...withFalse };
}

function literalOf({ value }: acorn.Literal): unknown {
  return typeof value === 'bigint' ? null : value;
}

/** Who assigns which fields with what. */
class Assignments {
  readonly byName: Record<string, 'int32' | 'any'> = {};

  visit(node: unknown, inConstructor = false): void {
    if (Array.isArray(node)) {
      for (const one of node) this.visit(one, inConstructor);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const inside = inConstructor || (node as acorn.MethodDefinition).kind === 'constructor';
    if (!inside) this.note(node as acorn.AnyNode);
    for (const value of Object.values(node)) this.visit(value, inside);
  }

  private note(node: acorn.AnyNode): void {
    if (node.type === 'AssignmentExpression') {
      this.assign(node.left, node.operator === '=' && isInt32(node.right));
    } else if (node.type === 'UpdateExpression') {
      this.assign(node.argument, false);
    }
  }

  private assign(target: acorn.AnyNode, int32: boolean): void {
    if (target.type !== 'MemberExpression' || target.computed) return;
    const { name } = target.property as acorn.Identifier;
    if (name === 'length' && target.object.type !== 'ThisExpression') return; // of an array
    this.byName[name] = int32 && this.byName[name] !== 'any' ? 'int32' : 'any';
  }
}

const INT32_OPERATORS = new Set(['|', '&', '^', '<<', '>>']);

function isInt32(node: acorn.AnyNode): boolean {
  if (node.type === 'BinaryExpression') return INT32_OPERATORS.has(node.operator);
  return node.type === 'Literal' && typeof node.value === 'number' && (node.value | 0) === node.value;
}
