"""What can go wrong before anybody has signed in: folders, databases, ports, files. One sentence each."""

from mingcha.kernel.refusals import Refusal


class DataFolderUnusable(Refusal):
    """The data folder cannot be made or written."""

    message = "数据目录 %(folder)s 无法使用（%(reason)s），请用 --data 指定另一个目录。"


class DatabaseUnavailable(Refusal):
    """The embedded PostgreSQL cannot be made or started."""

    message = "内置数据库无法启动：%(reason)s。详情见 %(log)s。"
    status = 503


class DatabaseElsewhere(Refusal):
    """The data folder was copied or moved away from the database that belongs to it."""

    message = "这个数据目录的数据库在 %(old)s，现在应在 %(new)s：移动过目录的请先移动数据库，复制出来的请删除 %(note)s 重新开始。"


class DatabaseUnreachable(Refusal):
    """The database named by DATABASE_URL does not answer, or refuses us."""

    message = "连接不上数据库（%(reason)s），请检查 DATABASE_URL 和数据库服务。"
    status = 503


class DatabaseUrlUnreadable(Refusal):
    """DATABASE_URL is not a PostgreSQL address."""

    message = "DATABASE_URL 应写成 postgresql://用户:密码@主机:端口/库名。"


class ClockUnreadable(Refusal):
    """The fixed clock is not a time with its zone."""

    message = "固定时间 %(text)s 无法识别，应写成 2021-10-27T18:00:00+08:00 这样的形式。"


class PortTaken(Refusal):
    """Nothing can listen there."""

    message = "无法在 %(host)s 的 %(port)s 端口提供服务（%(reason)s），请用 --port 换一个端口，0 表示任选。"


class HostsUnnamed(Refusal):
    """Served to the network, but under no name."""

    message = "在 %(host)s 上对外服务前，请用 MINGCHA_HOSTS 写明访问所用的域名或地址，以逗号分隔。"


class KitMissing(Refusal):
    """A folder that is no kit of the public face."""

    message = "%(folder)s 里没有公众入口的配置。请先用 mingcha tips kit 生成，再用 --public 指定这个目录。"


class RoleNotMade(Refusal):
    """The account that reaches the database may not make roles."""

    message = "当前数据库账号不能建立角色 %(role)s。请用 --master 给出有权建立角色的数据库地址。"
