import { Pagination } from 'antd'
import type { ReactNode } from 'react'
import { useAddress } from './address'

interface Ranked<T> {
  items: T[]
  total: number
  limit: number
  offset: number
}

/** A ranked list to choose from, with its pages; the row itself is the caller's. */
export function RankedList<T>({
  data,
  title,
  className,
  testid,
  keyOf,
  chosen,
  onChoose,
  choice,
  children,
}: {
  data: Ranked<T>
  title: string
  className?: string
  testid: string
  keyOf: (item: T) => string
  chosen?: string
  onChoose: (key: string) => void
  /** The name in the address of what is chosen: another page chooses anew. */
  choice: string
  children: (item: T) => ReactNode
}) {
  const [, patch] = useAddress()
  return (
    <>
      <ol className={className} start={data.offset + 1} aria-label={title}>
        {data.items.map((item) => (
          <li key={keyOf(item)}>
            <button
              type="button"
              aria-current={keyOf(item) === chosen ? 'true' : undefined}
              data-testid={testid}
              onClick={() => onChoose(keyOf(item))}
            >
              {children(item)}
            </button>
          </li>
        ))}
      </ol>
      {data.total > data.limit ? (
        <Pagination
          size="small"
          className="pager"
          current={Math.floor(data.offset / data.limit) + 1}
          pageSize={data.limit}
          total={data.total}
          showSizeChanger={false}
          onChange={(page) => patch({ offset: String((page - 1) * data.limit), [choice]: undefined })}
        />
      ) : null}
    </>
  )
}
