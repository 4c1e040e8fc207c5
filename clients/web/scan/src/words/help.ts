/** One thing that may happen in the yard: what it is called, and what to do, in order. */
export interface Topic {
  name: string
  title: string
  steps: string[]
  /** The screen on which to go on. */
  screen: string
}

type Help = readonly Topic[]

// Apart from the other words: nobody needs it on a first visit, and it comes with the later screens.
export const zh: Help = [
  { name: 'unread', title: '扫不出来', screen: 'receive', steps: ['擦干净标签，离一个手掌远，手不要晃。太暗点「照明」。', '点「拍照识别」，拍一张清楚的。', '点「手动输入」，照标签一个一个输，灰色的键不用管。', '打不开摄像头：在浏览器的网站设置里允许摄像头，或者只用拍照、手动输入。'] },
  { name: 'nocode', title: '没有标签', screen: 'nocode', steps: ['铭牌上有厂家序列号，就填厂家和序列号。', '什么都没有，领一个「临时编号」，没有网络也能领。', '用记号笔把编号写在电池上，字写大。', '继续入库。有网络时再打标签。', '以后找到原来的编码，告诉管理员，不要再入库一次。'] },
  { name: 'offline', title: '没有网络', screen: 'outbox', steps: ['照常扫码、照常保存，手机会记住。关掉浏览器、没电都不会丢。', '最上面「待发」是等着发的条数，有网络时自己发出去。', '超过一天没有网络：在发件箱点「导出没发出的」，把文件交给管理员。', '打标签、正式收据要等有网络。', '不要清除浏览器的数据，不要卸载浏览器。'] },
  { name: 'refused', title: '「被退」是什么', screen: 'outbox', steps: ['平台没有收这一条，不处理就不算数。', '点顶上的红字，看「原因」和「怎么办」。', '点「改好再发」。看不懂，拍下屏幕发给管理员。'] },
  { name: 'count', title: '盘点', screen: 'count', steps: ['先联网一次，让手机里的库存是新的。', '点「开始盘点」，一组一组扫。中间退出，扫过的还在。', '「缺少」的再找一遍：角落、上层、车上。', '检查人员在场选「检查」，两个人都签名。', '点「结束盘点」，发出去以后下载盘点记录。'] },
  { name: 'phone', title: '换手机、丢手机、忘了 PIN', screen: 'selftest', steps: ['丢了：马上打电话给管理员停用，几秒钟就失效。', '忘了 PIN：找管理员要新的绑定码，在锁屏点「解除绑定」再绑定。没发出的记录会保留。', '换手机前先看「待发」是不是 0。', '新手机绑定以后做一次「自检」。'] },
]

export const en: Help = [
  { name: 'unread', title: 'It cannot be read', screen: 'receive', steps: ['Wipe the label, hold the phone a hand away and still. Too dark: Torch.', 'Take a clear photo of it.', 'Type the code as it stands on the label; leave the grey keys alone.', 'No camera: allow it in the site settings of the browser, or use photos and typing only.'] },
  { name: 'nocode', title: 'No label', screen: 'nocode', steps: ['Is there a serial number of the maker? Enter maker and number.', 'Nothing at all: take a temporary number, also without a network.', 'Write it on the pack with a marker, in large letters.', 'Take the pack in. Print the label once there is a network.', 'Once the code is found, tell the administrator; do not take the pack in again.'] },
  { name: 'offline', title: 'No network', screen: 'outbox', steps: ['Scan and save as always: the phone keeps it, also when the browser is closed or the battery dies.', 'What waits is counted at the top and is sent by itself.', 'More than a day without a network: export what is unsent and give the file to the administrator.', 'Labels and final receipts need a network.', 'Do not clear the data of the browser, do not remove it.'] },
  { name: 'refused', title: 'What “refused” means', screen: 'outbox', steps: ['The service has not taken it. It counts only once it is put right.', 'Tap the red number at the top and read why, and what to do.', 'Fix it and send it again. If it is not clear, send a picture of the screen to the administrator.'] },
  { name: 'count', title: 'Stock count', screen: 'count', steps: ['Be online once before, so that the list is new.', 'Start, and scan pack after pack. You may leave and come back.', 'Look again for what is missing: corners, shelves, the van.', 'With an officer, choose inspection; both of you sign.', 'Finish. Once it is sent, the record can be downloaded.'] },
  { name: 'phone', title: 'Another phone, a lost phone, a forgotten PIN', screen: 'selftest', steps: ['Lost: call the administrator at once; it is switched off within seconds.', 'PIN forgotten: ask for a new code, unbind on the locked screen and bind again. What is unsent stays.', 'Before you change phones, see that nothing is unsent.', 'Run the self-test on the new one.'] },
]
