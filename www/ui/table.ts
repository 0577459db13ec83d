/** A plain data table. Numbers to the right, in tabular figures. */
import { css, html, type TemplateResult } from 'lit';

export interface Column<Row> {
  title: string;
  numeric?: boolean;
  cell: (row: Row) => unknown;
}

export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): TemplateResult {
  const kind = (column: Column<Row>) => (column.numeric ? 'numeric' : '');
  return html`<div class="table" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption class="visually-hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class=${kind(column)}>${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column) => html`<td class=${kind(column)}>${column.cell(row)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

export const tableStyles = css`
  .table {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 0.87rem;
  }
  th {
    text-align: left;
    font-weight: 500;
    color: var(--ink-soft);
  }
  th,
  td {
    padding: 4px 8px 4px 0;
    border-bottom: 1px solid var(--hairline);
    vertical-align: baseline;
  }
  .numeric {
    text-align: right;
    font-variant-numeric: tabular-nums;
  }
`;
