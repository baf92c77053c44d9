"""What people of the demo say and write. Own wording; it speaks of duties and counts, never of a resident."""

# Answers to the questions of a checklist.
SAID = (
    "由分管负责人每天核对一次，下午五点前报乡镇专班",
    "按方案分工到人，班子成员带班，交接有签字",
    "各村逐户核对后汇总到镇，再报县专班，每日更新",
    "上级这周来过两次，提出补齐登记，当天已经改了",
    "发现异常先劝离排队人群，再报值班领导，五分钟内有人到场",
    "排班表贴在墙上，缺人由包抓单位补",
    "进度按周排，卡在人手不够，已向主管部门申请支援",
    "问到这里答不上来，随后由负责人补充说明",
)
# What is fed back on the spot.
WITH_FINDINGS = "已当面逐条指出，能当场改的现场改正，其余按约定期限整改"
CLEAN = "检查情况已当面反馈，要求继续落实值守和登记"
# Why a visit came to nothing.
REFUSED = "值班人员以负责人不在为由不让进入，已记录并通报主管部门"
SHUT = "到达时已停课，校门关闭，无人应门"
NOT_EXECUTABLE = "道路施工封闭，无法到达监测点"

# What a unit writes when it answers an order.
MEASURES = (
    "已重新排班，补齐值守人员，分管负责人每日抽查两次，抽查记录附后",
    "已补齐登记簿并逐项核对，指定专人负责，当天起每日汇总",
    "已召开专题会，重新修订方案，分工到人到班次，已印发各岗位",
    "已更换负责人并开展培训，“两码”查验逐人落实，照片附后",
    "已逐村重新摸底，台账与各村汇总一致，由镇主要负责人签字",
)
# What the other hand writes about it.
NOT_ENOUGH = (
    "只有制度没有执行记录，请补交三天的抽查记录后再报",
    "照片看不出时间和位置，整改到哪一步没有写明，请补充",
)
VERIFIED = ("现场看过，已落实，同意销号", "核对台账和照片，措施到位，同意销号", "电话抽查和现场抽查一致，同意销号")
UPHELD = "次日到现场抽核，整改属实"
OVERTURNED = "次日抽核时问题依旧，现场整改不属实，改为限期整改"
WITHDRAWN = "与上一条重复登记，撤回"
# What the health department writes about its own supervision.
SUPERVISED = "三个县区的督导已补上，发现的问题逐条反馈并限期整改，督导记录附后"
