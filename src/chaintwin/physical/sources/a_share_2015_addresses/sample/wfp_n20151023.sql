CREATE TABLE `company_info` (
  `stock_code` varchar(10) NOT NULL,
  `sname` varchar(125) DEFAULT NULL,
  `industry` varchar(125) DEFAULT NULL,
  `institutional` decimal(12,2) DEFAULT NULL,
  `lootchips` decimal(12,2) DEFAULT NULL,
  `pricelimit` decimal(12,2) DEFAULT NULL,
  `shareholders` decimal(12,2) DEFAULT NULL,
  `name` varchar(125) DEFAULT NULL,
  `ename` varchar(125) DEFAULT NULL,
  `register_date` date DEFAULT NULL,
  `area` varchar(125) DEFAULT NULL,
  `addr_reg` varchar(255) DEFAULT NULL,
  `addr_work` varchar(255) DEFAULT NULL,
  `market` varchar(125) DEFAULT NULL,
  `listing_date` date DEFAULT NULL,
  `offer_date` date DEFAULT NULL,
  `stock_type` varchar(45) DEFAULT NULL,
  PRIMARY KEY (`stock_code`)
) ENGINE=MyISAM DEFAULT CHARSET=utf8;
INSERT INTO `company_info` VALUES ('600001','样本玉米','农产品',1.00,1.00,1.00,1.00,'样本玉米股份有限公司','Sample\'s Corn (Jilin) Co., Ltd.','1995-05-05','吉林','吉林省长春市样本路1号','吉林省长春市样本路2号(A座)','上海证券交易所','1998-01-22',NULL,'流通A股'),('000901','样本航天','航空航天',2.00,2.00,2.00,2.00,'样本航天科技股份有限公司',NULL,NULL,'黑龙江','黑龙江省哈尔滨市样本街3号','黑龙江省哈尔滨市样本街3号','深圳证券交易所','1999-04-01','1999-03-01','流通A股');
