"""What is said of a receiver before a hand-over leaves, in the form of `handover_rows`."""

from typing import Final

RECEIVER_ROWS: Final = """
# receiver_permit | 2019-11-01 | 2026-03-31 | V | 公告2019年第46号
接收单位的许可 | Permit of the receiver

# receiver_permit | 2026-04-01 | | V2 | Order 73 Art. 19
接收单位的许可 | Permit of the receiver

receiver_permit/valid | ok
{receiver} 的许可有效：{permit} {number}，至 {until}。
{receiver} holds a valid permit: {permit} {number}, until {until}.

receiver_permit/own | ok
在本单位内部转移。
It stays with the same organisation.

receiver_permit/not_waste | ok
不是废旧电池，不需要接收许可。
It is no waste battery: no permit is asked for.

receiver_permit/expired | stop_advised
{receiver} 的许可在 {day} 无效：{permit}，{since} 至 {until}。
On {day} {receiver} has no valid permit: {permit}, {since} to {until}.
请接收单位先登记续期后的许可，或改交其他单位
let the receiver register its renewed permit first, or choose another

receiver_permit/other_kind | stop_advised
{receiver} 的许可不是接收废旧电池的：{permit}。
The permit of {receiver} is not one for waste batteries: {permit}.
请改交综合利用企业或回收服务网点
choose a utilizer or an outlet

receiver_permit/unread | warn
{receiver} 的许可种类不在本平台的表中：{permit}，无法判断。
The kind of permit of {receiver} is not in our table, and not judged: {permit}.
请核对许可证原件
look at the permit itself

receiver_permit/unrecorded | warn
{receiver} 没有登记许可。
No permit of {receiver} is registered.
请索取许可证复印件，并请接收单位登记
ask for a copy, and let the receiver register it

receiver_permit/not_entitled | stop_advised
{receiver} 不是接收废旧电池的单位，也没有登记许可。
{receiver} is none that takes waste batteries, and has no permit registered.
请改交综合利用企业或回收服务网点
choose a utilizer or an outlet

receiver_permit/stranger | warn
{receiver} 未在本平台登记，许可无法核对。
{receiver} is not registered here: its permit cannot be checked.
请索取许可证和统一社会信用代码，并用一次性链接请对方确认
ask for its permit and credit code; let it confirm by a one-time link

# receiver_site | | | D | design 4
接收地点 | Place of the receiver

receiver_site/open | ok
{site} 已登记并开放。
{site} is registered and open.

receiver_site/closed | stop_advised
{site} 在 {day} 未开放。
{site} is not open on {day}.
请改用其他地点或日期
choose another place or day

receiver_site/unknown | warn
{receiver} 没有登记地点 {site}。
{receiver} has no registered place {site}.
请核对编号
check its number

# capacity | | | D | domain 7
贮存余量 | Room in store

capacity/fits | ok
{receiver} 还放得下这一批（{load_kg} kg）。
{receiver} has room for this load ({load_kg} kg).

capacity/full | stop_advised
{receiver} 放不下这一批（{load_kg} kg）。
{receiver} has no room for this load ({load_kg} kg).
请减少数量、等待，或改交其他单位
send less, wait, or choose another

capacity/house | warn
这一批（{load_kg} kg）会使 {receiver} 超过收集型网点的贮存量。
With this load ({load_kg} kg) {receiver} would hold more than a collection outlet should.
请分批，或直接送集中贮存型网点、综合利用企业
divide it, or bring it to a central outlet or a utilizer

# transfer_filing | 2020-09-01 | | R-h | 固体废物污染环境防治法 Art. 22
转移备案 | Filing of the transfer

transfer_filing/within | ok
不出省，不需要跨省转移备案。
It stays in the province: no filing is needed.

transfer_filing/not_waste | ok
不是废旧电池，不需要转移备案。
It is no waste battery: no filing is needed.

transfer_filing/filed | ok
出省（{province}），备案号 {number}。
It leaves the province ({province}); filing {number}.

transfer_filing/missing | stop_advised
出省（{province}）利用须先报省级生态环境主管部门备案。
It leaves the province ({province}): that has to be filed with the environment authority before.
请先备案，再把备案号写入 transfer_filing
file it first, and give the number as `transfer_filing`

transfer_filing/unknown | warn
不知道 {receiver} 在哪个省。
It is not known in which province {receiver} is.
请写明省份；出省的须先备案
name its province; a transfer out of it has to be filed before
"""
