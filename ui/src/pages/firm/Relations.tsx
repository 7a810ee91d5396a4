import cytoscape from 'cytoscape'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from '@tanstack/react-router'
import { keptSearch, type Search } from '../../shared/address'
import { toPage } from '../../shared/codes'
import { DataTable } from '../../shared/DataTable'
import { Panel } from '../../shared/PageHead'
import { PageLink } from '../../shared/PageLink'
import { type Answer, useRead } from '../../shared/reading'
import { EmptyNote, Shown } from '../../shared/states'
import { useSourceTitle } from '../../shared/sourceTitles'
import { COLOURS, FONT } from '../../shared/theme'
import { usePick } from '../../shared/words'

type Graph = Answer<'/api/v1/firms/{code}/relations'>

const KIND_COLOUR: Record<string, string> = {
  Company: COLOURS.accent,
  Product: '#2b6c77',
  ChainLink: '#6b4a9a',
  Industry: '#7a6a3a',
  Project: COLOURS.green,
}

/** What the firm is tied to, as a small graph and as a table. */
export default function Relations({ code }: { code: string }) {
  const { t } = useTranslation('firm')
  const query = useRead('/api/v1/firms/{code}/relations', { path: { code }, query: { limit: 60 } })
  return (
    <Shown query={query} rows={8}>
      {(graph) =>
        graph.edges.length ? (
          <div className="firm-split">
            <Panel title={t('graph')} extra={t('graphOf', { shown: graph.nodes.length - 1, total: graph.total })}>
              <Drawing graph={graph} code={code} />
              <ul className="kinds faint small" aria-hidden>
                {Object.entries(KIND_COLOUR).map(([kind, colour]) => (
                  <li key={kind}>
                    <span className="swatch-dot" style={{ background: colour }} /> {t(`kinds.${kind}`)}
                  </li>
                ))}
              </ul>
            </Panel>
            <Listing graph={graph} code={code} />
          </div>
        ) : (
          <EmptyNote text={t('noRelations')} />
        )
      }
    </Shown>
  )
}

function Drawing({ graph, code }: { graph: Graph; code: string }) {
  const { t } = useTranslation('firm')
  const pick = usePick()
  const hold = useRef<HTMLDivElement>(null)
  const navigate = useNavigate()
  useEffect(() => {
    if (!hold.current) return undefined
    const drawing = cytoscape({
      container: hold.current,
      elements: [
        ...graph.nodes.map((node) => ({ data: { id: node.code, label: node.name, kind: node.kind, own: node.code === code ? 1 : 0 } })),
        ...graph.edges.map((edge, position) => ({
          data: { id: `e${position}`, source: edge.from_code, target: edge.to_code, label: edge.note ?? pick(edge.title) },
        })),
      ],
      style: [
        {
          selector: 'node',
          style: {
            label: 'data(label)',
            'font-family': FONT,
            'font-size': 11,
            color: COLOURS.text,
            'text-wrap': 'ellipsis',
            'text-max-width': '110px',
            'text-valign': 'bottom',
            'text-margin-y': 3,
            width: 14,
            height: 14,
            'background-color': (node: cytoscape.NodeSingular) => KIND_COLOUR[node.data('kind') as string] ?? COLOURS.grey,
          },
        },
        { selector: 'node[own = 1]', style: { width: 26, height: 26, 'font-size': 13, 'font-weight': 600, 'text-valign': 'top', 'text-margin-y': -3, 'text-max-width': '200px' } },
        { selector: 'edge', style: { width: 1, 'line-color': '#b6bfca', 'target-arrow-color': '#b6bfca', 'target-arrow-shape': 'triangle', 'arrow-scale': 0.7, 'curve-style': 'bezier' } },
      ],
      layout: { name: 'concentric', concentric: (node) => (node.data('own') ? 10 : node.data('kind') === 'Product' ? 1 : 3), levelWidth: () => 1, minNodeSpacing: 46, startAngle: Math.PI / 8, padding: 36, animate: false },
      minZoom: 0.3,
      maxZoom: 1.5,
    })
    drawing.on('tap', 'node[kind = "Company"]', (event) => {
      const next = event.target.id() as string
      if (next !== code) void navigate({ to: toPage.firm(next) as never, search: ((before: Search) => keptSearch(before)) as never })
    })
    return () => drawing.destroy()
  }, [graph, code, pick, navigate])
  return <div ref={hold} className="graph" role="img" aria-label={t('graphLabel')} />
}

function Listing({ graph, code }: { graph: Graph; code: string }) {
  const { t } = useTranslation('firm')
  const pick = usePick()
  const titleOf = useSourceTitle()
  const names = new Map(graph.nodes.map((node) => [node.code, node]))
  const rows = graph.edges.map((edge, position) => {
    const isOut = edge.from_code === code
    const other = names.get(isOut ? edge.to_code : edge.from_code)
    return { id: String(position), edge, isOut, other }
  })
  return (
    <Panel title={t('tabs.relations')}>
      <DataTable
        label={t('tabs.relations')}
        rows={rows}
        rowKey={(row) => row.id}
        columns={[
          { key: 'how', title: t('relation'), cell: (row) => `${pick(row.edge.title)}${row.isOut ? '' : t('pointedAt')}` },
          {
            key: 'who',
            title: t('other'),
            isName: true,
            cell: (row) =>
              row.other?.kind === 'Company' ? <PageLink to={toPage.firm(row.other.code)}>{row.other.name}</PageLink> : (row.other?.name ?? ''),
          },
          { key: 'note', title: t('note'), cell: (row) => row.edge.note ?? '' },
          { key: 'source', title: t('source'), isMinor: true, cell: (row) => titleOf(row.edge.source) },
        ]}
      />
    </Panel>
  )
}
