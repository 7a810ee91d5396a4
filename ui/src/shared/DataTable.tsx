import type { ReactNode } from 'react'

export interface Column<T> {
  key: string
  title: ReactNode
  /** A number: right-aligned, tabular. */
  isNumber?: boolean
  /** The cell that names the row; becomes the title of the card on a phone. */
  isName?: boolean
  /** Takes the whole width of the card on a phone. */
  isWide?: boolean
  /** Left out on a narrow screen. */
  isMinor?: boolean
  width?: number | string
  cell: (row: T) => ReactNode
}

/** A table with a sticky head that turns into cards on a narrow screen. */
export function DataTable<T>({
  label,
  columns,
  rows,
  rowKey,
  chosen,
}: {
  label: string
  columns: Column<T>[]
  rows: T[]
  rowKey: (row: T) => string
  /** The key of the row that is open beside the table. */
  chosen?: string | null
}) {
  return (
    <div className="table-hold">
      <table className="data-table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={classes(column)}
                style={column.width ? { width: column.width } : undefined}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className={chosen === rowKey(row) ? 'chosen' : undefined}>
              {columns.map((column) => (
                <td
                  key={column.key}
                  className={classes(column)}
                  data-label={typeof column.title === 'string' ? column.title : undefined}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function classes<T>(column: Column<T>): string {
  return [
    column.isNumber ? 'number' : '',
    column.isName ? 'name' : '',
    column.isMinor ? 'minor' : '',
    column.isWide ? 'wide' : '',
  ]
    .filter(Boolean)
    .join(' ')
}
