// Which browser this is, in words that a person would use in a report.

/**
 * @param {{userAgent: string, userAgentData?: {brands: {brand: string, version: string}[],
 *   platform: string}}} navigator
 *   Only Chromium has userAgentData; among its brands is one that is made up.
 */
export function browserName({userAgent, userAgentData}) {
  const brands = userAgentData?.brands.filter(({brand}) => !/not.*brand/i.test(brand)) ?? []
  const brand = brands.find((one) => one.brand !== 'Chromium') ?? brands[0]
  if (userAgentData && brand)
    return [`${brand.brand} ${brand.version}`, userAgentData.platform].filter(Boolean).join(', ')
  const firefox = /Firefox\/([\d.]+)/.exec(userAgent)
  return firefox ? `Firefox ${firefox[1]}, ${/\(([^;)]+)/.exec(userAgent)?.[1] ?? ''}` : userAgent
}
