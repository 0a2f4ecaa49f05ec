import type { ComponentChildren } from "preact";

/** Of numbers, or named for screen readers alone. */
type Column = string | { readonly number: string } | { readonly hidden: string };

/** A table with the names of its columns; the children are its rows. */
export function Table({ columns, children }: { columns: readonly Column[]; children: ComponentChildren }) {
  return (
    <table>
      <thead>
        <tr>{columns.map(heading)}</tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function heading(column: Column) {
  if (typeof column === "string") return <th key={column}>{column}</th>;
  if ("number" in column) {
    return (
      <th key={column.number} class="number">
        {column.number}
      </th>
    );
  }
  return (
    <th key={column.hidden}>
      <span class="hidden">{column.hidden}</span>
    </th>
  );
}
