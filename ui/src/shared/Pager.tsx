import { Pagination } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress } from './address'

/** Leads through a list page by page; the place is kept in the address. */
export function Pager({ page }: { page: { total: number; total_is_least?: boolean; limit: number; offset: number } }) {
  const { t } = useTranslation('shared')
  const [, patch] = useAddress()
  return (
    <div className="pager">
      <span className="faint">{t(page.total_is_least ? 'totalAtLeast' : 'total', { count: page.total })}</span>
      {page.total > page.limit ? (
        <Pagination
          size="small"
          current={Math.floor(page.offset / page.limit) + 1}
          pageSize={page.limit}
          total={page.total}
          showSizeChanger={false}
          onChange={(next) => patch({ offset: next > 1 ? String((next - 1) * page.limit) : undefined })}
        />
      ) : null}
    </div>
  )
}
