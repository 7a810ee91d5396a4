import type { ThemeConfig } from 'antd'

/** The colours of the working theme; the style sheet holds the same values as custom properties. */
export const COLOURS = {
  accent: '#1d4f91',
  text: '#1a1d21',
  faint: '#5b6470',
  line: '#dfe3e8',
  ground: '#f7f8fa',
  past: '#8a4b08',
  red: '#b42318',
  amber: '#b54708',
  green: '#17703f',
  grey: '#6b7480',
}

export const FONT =
  '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", system-ui, sans-serif'

export const theme: ThemeConfig = {
  token: {
    colorPrimary: COLOURS.accent,
    colorLink: COLOURS.accent,
    colorText: COLOURS.text,
    colorTextSecondary: COLOURS.faint,
    colorTextTertiary: COLOURS.faint,
    colorTextDescription: COLOURS.faint,
    colorTextPlaceholder: '#6b7480',
    colorBorder: '#c3cad3',
    colorBorderSecondary: COLOURS.line,
    colorBgLayout: COLOURS.ground,
    colorError: COLOURS.red,
    colorWarning: COLOURS.amber,
    colorSuccess: COLOURS.green,
    borderRadius: 4,
    fontFamily: 'var(--font)',
    fontSize: 14,
    motionDurationMid: '0.12s',
    motionDurationSlow: '0.18s',
  },
  components: {
    Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    Tabs: { horizontalItemPadding: '8px 0' },
    Drawer: { paddingLG: 20 },
  },
}
